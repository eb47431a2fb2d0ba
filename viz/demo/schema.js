// What a set-up may hold: the limits that Python prints, and its words where something is outside of them. A set-up may
// come in a link, from anybody: it is read here, whole, before anything of it is used, and is shown as text alone.

const LONGEST = 20000; // characters of a set-up

function said(x) {
  const text = JSON.stringify(x) ?? String(x);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

function readNumber(name, x) {
  const number = typeof x === "string" ? Number(x.trim().replace(MINUS, "-").replace(",", ".") || NaN) : x === true || x === false ? Number(x) : x;
  if (typeof number !== "number" || Number.isNaN(number)) throw new Error(`${name} needs a number, got ${said(x)}`);
  if (!Number.isFinite(number)) throw new Error(`${name} needs a finite number, got ${number}`);
  return number;
}

function readSetting(name, x) {
  const schema = Object.hasOwn(SCHEMA, name) ? SCHEMA[name] : null;
  if (!schema) throw new Error(`settings are ${Object.keys(SCHEMA).join(", ")}, layers, activations; got ${said(name)}`);
  if (schema.words) {
    const found = schema.words.find((word) => ["string", "number"].includes(typeof x) && String(x).toLowerCase() === word.toLowerCase());
    if (!found) throw new Error(`${name} needs one of ${schema.words.join(", ")}; got ${said(x)}`);
    return found;
  }
  if (schema.some) {
    const held = Array.isArray(x) ? x : [x], unknown = held.find((one) => !schema.some.includes(one));
    if (!held.length || unknown !== undefined) throw new Error(`${name} needs a list of some of ${schema.some.join(", ")}; got ${said(unknown ?? x)}`);
    return schema.some.filter((one) => held.includes(one));
  }
  const number = readNumber(name, x), {low, high, above, whole} = schema;
  if (number < low || number > high || (above && number === low) || (whole && !Number.isInteger(number))) {
    throw new Error(`${name} needs a ${whole ? "whole " : ""}number ${above ? `above ${low} and at most` : `from ${low} to`} ${high}, got ${number}`);
  }
  return number;
}

function readLayers(layers, activations) {
  const sizes = Array.isArray(layers) ? layers : [];
  if (!sizes.length || sizes.length > CHOICES.layers) throw new Error(`layers needs a list of 1 to ${CHOICES.layers} sizes, got ${said(layers)}`);
  const wrong = sizes.find((size) => !Number.isInteger(size) || size < 1 || size > CHOICES.neurons);
  if (wrong !== undefined) throw new Error(`a layer needs from 1 to ${CHOICES.neurons} neurons, got ${said(wrong)}`);
  const names = Array.isArray(activations) ? activations : [], unknown = names.find((name) => !CHOICES.activation.includes(name));
  if (names.length !== sizes.length || unknown !== undefined) {
    throw new Error(`activations needs ${sizes.length} of ${CHOICES.activation.join(", ")}; got ${said(unknown ?? activations)}`);
  }
  if (names.some((name, k) => name === "softmax" && sizes[k] === 1)) throw new Error("softmax needs at least 2 outputs");
  return sizes.map((neurons, k) => ({neurons, activation: names[k]}));
}

function readSetUp(text) {
  // The settings that it mentions, and the layers if it mentions them.
  if (text.length > LONGEST) throw new Error(`a set-up has at most ${LONGEST} characters, got ${text.length}`);
  let held;
  try {
    held = JSON.parse(text);
  } catch (error) {
    throw new Error(`a set-up is JSON like the one that the page shows, got ${said(text)}`);
  }
  if (typeof held !== "object" || held === null || Array.isArray(held)) throw new Error(`a set-up is an object like the one that the page shows, got ${said(text)}`);
  const {layers, activations, ...settings} = held, read = {};
  for (const [name, x] of Object.entries(settings)) read[name] = readSetting(name, x);
  if (layers === undefined && activations === undefined) return [read, null];
  const usual = Array.isArray(layers) ? layers.map((_, k) => k < layers.length - 1 ? "tanh" : "identity") : [];
  return [read, readLayers(layers, activations ?? usual)];
}

function lossName(network, task, classes) {
  // The function of nn that compares the network's output with y.
  const {activation, neurons} = network.layers.at(-1);
  if (task === "regression") {
    if (neurons !== 1) throw new Error(`regression needs 1 neuron in the last layer, got ${neurons}`);
    return "squared_loss";
  }
  if (neurons !== classes && (neurons !== 1 || classes > 2)) throw new Error(`${classes} classes need ${classes === 2 ? "1 or 2" : classes} neurons in the last layer, got ${neurons}`);
  const pairs = CHOICES.loss[neurons > 1 ? "many" : "one"];
  if (!Object.hasOwn(pairs, activation)) throw new Error(`classification needs ${Object.keys(pairs).join(" or ")} in the last layer, got ${activation}`);
  return pairs[activation];
}
