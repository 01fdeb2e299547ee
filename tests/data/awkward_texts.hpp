#pragma once

#include <string_view>

namespace tests {

/// Texts that programs get wrong. All of them are valid UTF-8 without NUL, so that every database can hold them.
inline constexpr std::string_view awkward_texts[] = {
    // Texts that look like something else.
    "",
    " ",
    "  two  blanks  ",
    "NULL",
    "null",
    "true",
    "-0",
    "007",
    "1e999",
    "9007199254740993",
    "[",
    R"({"key":)",
    R"("],"albums":[)",
    R"(\u0000)",
    R"(\ud800)",
    "%s%n%%",
    "${name} {{name}} $(name)",
    "&amp;<!--</script>]]>",
    // Quotes and escapes.
    "'",
    "''",
    "'); drop table \"Track\"; --",
    "\"",
    "\\",
    R"(\\"\\)",
    "ends with a backslash \\",
    R"('"`\/"')",
    // Control characters, and other ends of lines.
    "\x01\x02\x03\x04\x05\x06\x07\b\x0B\f\x0E\x0F\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1A\x1B\x1C\x1D\x1E\x1F\x7F",
    "\tone\ttab",
    "two\nlines",
    "three\r\nlines\r\nof text",
    "\n",
    "\u0085next line, \u2028line, \u2029paragraph",
    // Characters that are not seen, or that turn the direction of writing.
    "\u200Bnothing\u2060to\uFEFFsee\u00AD",
    "\uFEFF",
    "\u200Fשלום\u200E \u202Eabc\u202C \u2067عربي\u2069",
    "left عربي right עברית left",
    // Characters that are made of several.
    "e\u0301 \u00E9 o\u0323\u0302 \u1ED9",
    "a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030A\u030B\u030C\u030D\u030E\u030F",
    "क्षत्रिय, ज्ञान, श्री",
    "👩‍👩‍👧‍👦 👩🏽‍🚀 🏳️‍🌈 🇫🇷🇯🇵 1️⃣",
    "❤️ ❤︎",
    // The first and the last characters of each length, and some that stand for no character.
    "\x7F\u0080\u07FF\u0800\uFFFD\U00010000\U0010FFFF",
    "\uD7FF\uE000\uFDD0\uFFFE\uFFFF",
    "ﬁ ß ẞ İ ı ſ K Å",
    "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠮷野家 𓀀",
};

}  // namespace tests
