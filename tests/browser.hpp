#pragma once

#include <httplib.h>

#include <unistd.h>

#include <cstddef>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "examples/run_program.hpp"
#include "examples/temporary_folder.hpp"
#include "nlohmann_json.hpp"

namespace tests {

/// A headless Chromium, driven by WebDriver (w3.org/TR/webdriver2). Whatever the browser says no to is thrown.
class browser {
 public:
  static constexpr const char* driver = "/usr/bin/chromedriver";
  static bool is_there() { return ::access(driver, X_OK) == 0 && ::access("/usr/bin/chromium", X_OK) == 0; }

  browser() : driver_(driver, {"--port=0"}) {
    client_.emplace("127.0.0.1", port_of(driver_));
    client_->set_read_timeout(60, 0);
    nlohmann::json options = {
        {"binary", "/usr/bin/chromium"},
        {"args",
         {"--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--disable-background-networking",
          "--disable-component-update", "--disable-sync", "--disable-quic", "--no-first-run", "--window-size=1200,1000",
          "--user-data-dir=" + profile_.file("profile")}}};
    const nlohmann::json session =
        post("/session",
             {{"capabilities",
               {{"alwaysMatch", {{"goog:chromeOptions", options}, {"goog:loggingPrefs", {{"browser", "ALL"}}}}}}}});
    session_ = "/session/" + session.at("sessionId").get<std::string>();
  }
  browser(const browser&) = delete;
  browser& operator=(const browser&) = delete;
  ~browser() { client_->Delete(session_); }

  void open(const std::string& url) { post(session_ + "/url", {{"url", url}}); }

  /// What the body of a JavaScript function returns.
  nlohmann::json run(const std::string& script) {
    return post(session_ + "/execute/sync", {{"script", script}, {"args", nlohmann::json::array()}});
  }

  /// As a person would: scrolls there, and clicks what is on top.
  void click(const std::string& selector) {
    const nlohmann::json element = post(session_ + "/element", {{"using", "css selector"}, {"value", selector}});
    post(session_ + "/element/" + element.begin()->get<std::string>() + "/click", nlohmann::json::object());
  }

  /// What the page has complained of on its console, a line each.
  std::string complaints() {
    std::string all;
    for (const nlohmann::json& one : post(session_ + "/se/log", {{"type", "browser"}}))
      all += one.at("message").get<std::string>() + "\n";
    return all;
  }

  /// The window as a PNG, in base64.
  std::string screenshot() { return answer_of(client_->Get(session_ + "/screenshot")).get<std::string>(); }

 private:
  static int port_of(running_program& program) {
    constexpr std::string_view before = "successfully on port ";
    for (;;) {
      const std::string& said = program.output();
      const std::size_t at = said.find(before);
      if (at != std::string::npos && said.find('.', at) != std::string::npos)
        return std::stoi(said.substr(at + before.size()));
      program.read_output(said.size() + 1);
    }
  }

  nlohmann::json post(const std::string& path, const nlohmann::json& body) {
    return answer_of(client_->Post(path, body.dump(), "application/json"));
  }

  static nlohmann::json answer_of(const httplib::Result& answer) {
    if (!answer) throw std::runtime_error("the browser does not answer");
    nlohmann::json value = tests::parse_json(answer->body).at("value");
    if (answer->status != 200) throw std::runtime_error("the browser says: " + value.dump());
    return value;
  }

  temporary_folder profile_;
  running_program driver_;
  std::optional<httplib::Client> client_;
  std::string session_;
};

}  // namespace tests
