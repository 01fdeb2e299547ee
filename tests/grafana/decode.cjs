// Decodes a chunked answer (text/jsonl) as a Grafana page does, with its own @grafana/data, and prints what a panel would
// be given, as JSON.
//
// usage: node decode.cjs NODE_MODULES FILE BYTES    BYTES: how many of them arrive at a time

const fs = require('fs');

const [packages, file, count] = process.argv.slice(2);
// Its decoder alone: the whole package takes ten times as long to load, and needs Node.js 20.
const dataframe = `${packages}/@grafana/data/dist/cjs/dataframe`;
const { dataFrameFromJSON } = require(`${dataframe}/DataFrameJSON.cjs`);
const { StreamingDataFrame, StreamingFrameAction } = require(`${dataframe}/StreamingDataFrame.cjs`);

const responses = {};
const frames = new Map();

function take(line) {
  const message = JSON.parse(line);
  const response = (responses[message.refId] ??= { frames: [] });
  if (message.error) Object.assign(response, { error: message.error, status: message.status, errorSource: message.errorSource });
  if (!message.frame) return;
  const key = JSON.stringify([message.refId, message.frameId]);
  const known = frames.get(key);
  const copy = () => structuredClone(message.frame);  // what decodes it changes it
  if (!known) {
    const made = {
      schema: message.frame.schema,
      parts: [dataFrameFromJSON(copy())],
      stream: StreamingDataFrame.fromDataFrameJSON(copy(), { maxLength: Infinity, action: StreamingFrameAction.Append }),
    };
    frames.set(key, made);
    response.frames.push(made);
  } else {
    known.parts.push(dataFrameFromJSON({ ...copy(), schema: known.schema }));
    known.stream.push(copy());
  }
}

const bytes = fs.readFileSync(file);
const decoder = new TextDecoder('utf-8', { fatal: true });
let pieces = [];
for (let at = 0; at < bytes.length; at += Number(count)) {
  const lines = decoder.decode(bytes.subarray(at, at + Number(count)), { stream: true }).split('\n');
  for (const rest of lines.slice(0, -1)) {
    take(pieces.join('') + rest);
    pieces = [];
  }
  pieces.push(lines.at(-1));
}
if (pieces.join('') + decoder.decode() !== '') throw new Error('the answer ends within a line');

// What JSON has no numbers for, spelled out.
const spelled = (key, value) => (typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0)) ? `<${Object.is(value, -0) ? '-0' : value}>` : value);

for (const response of Object.values(responses)) {
  response.frames = response.frames.map(({ schema, parts, stream }) => ({
    name: schema.name,
    meta: parts[0].meta,
    fields: schema.fields.map((field, i) => ({
      name: field.name,
      type: parts[0].fields[i].type,
      labels: parts[0].fields[i].labels,
      config: parts[0].fields[i].config,
      values: parts.flatMap((part) => Array.from(part.fields[i].values)),
      nanos: parts.flatMap((part) => part.fields[i].nanos ?? Array(part.length).fill(0)),
      streamed: Array.from(stream.fields[i].values),
    })),
  }));
}
console.log(JSON.stringify(responses, spelled));
