/* The networks' forward pass: what Keras trained answers in the page itself, and nothing is sent.
 * subgenre.predict(network, logMel, nFrames, nMels) gives probabilities of network.labels for a log-mel
 * spectrogram in dB (Float32Array, frame after frame, 24 or more). Scripts in _static/networks fill
 * subgenre.networks with layers as in subgenre/prediction/network.py. Between two of them goes
 * {data: Float32Array, shape: [steps, bands, channels]}, where a sequence has one band. */
"use strict";
window.subgenre = Object.assign({ networks: {} }, window.subgenre);
window.subgenre.predict = (() => {
  const DB_PER_UNIT = 3, FRAMES_PER_STEP = 8, SMALLEST = 1e-7; // as in the package
  const product = (numbers) => numbers.reduce((a, b) => a * b);
  const empty = (...shape) => ({ shape, data: new Float32Array(product(shape)) });
  const mapped = (x, change) => ({ shape: x.shape, data: x.data.map(change) });
  const sigmoid = (x) => 1 / (1 + Math.exp(-x));
  const normalized = (shares, sum = shares.reduce((a, b) => a + b)) => shares.map((one) => one / sum);
  const half = (x) => Math.fround(x * 8193) - Math.fround(Math.fround(x * 8193) - x); // its 11 binary digits
  /* Level without each band's mean, and its rise from frame to frame. */
  function networkInput(logMel, nFrames, nMels) {
    const x = empty(Math.max(1, Math.floor(nFrames / FRAMES_PER_STEP)) * FRAMES_PER_STEP, nMels, 2);
    const sums = new Float32Array(nMels);
    logMel.forEach((db, i) => { sums[i % nMels] += db; });
    const level = logMel.map((db, i) => Math.fround(db - Math.fround(sums[i % nMels] / nFrames)) / DB_PER_UNIT);
    for (let i = 0; i < x.shape[0] * nMels; i++) {
      x.data[2 * i] = half(level[i]);
      x.data[2 * i + 1] = i < nMels ? 0 : half(Math.fround(Math.max(0, level[i] - level[i - nMels])));
    }
    return x;
  }
  /* Slide a window over steps and bands, and visit each of its cells with the places where channels
   * begin in the result and in x. Ends are padded, or what fills no window is left out. */
  function slid(x, [high, wide = 1], [down, along = 1], channels, isPadded, visit) {
    const [steps, bands] = x.shape, round = isPadded ? Math.ceil : Math.floor;
    const y = empty(round(steps / down), round(bands / along), channels);
    const before = (n, step, size) => Math.max(0, (round(n / step) - 1) * step + size - n) >> 1;
    const top = before(steps, down, high), left = before(bands, along, wide);
    for (let i = 0; i < y.shape[0]; i++) for (let j = 0; j < y.shape[1]; j++) for (let k = 0; k < high * wide; k++) {
      const step = i * down + Math.floor(k / wide) - top, band = j * along + (k % wide) - left;
      if (step < 0 || step >= steps || band < 0 || band >= bands) continue;
      visit(y.data, (i * y.shape[1] + j) * channels, (step * bands + band) * x.shape[2], k);
    }
    return y;
  }
  function convolved(x, strides, [kernel, bias]) { // kernel: [sizes..., channels, filters]
    const [nIn, nOut] = kernel.shape.slice(-2), { data } = x, weights = kernel.data;
    const y = slid(x, kernel.shape.slice(0, -2), strides, nOut, true, (sums, to, from, cell) => {
      for (let c = 0, row = cell * nIn * nOut; c < nIn; c++, row += nOut)
        for (let f = 0; f < nOut; f++) sums[to + f] += data[from + c] * weights[row + f];
    });
    return bias ? mapped(y, (value, i) => value + bias.data[i % nOut]) : y;
  }
  const pooled = (x, size, join, n = x.shape[2], share = 1 / product(size)) =>
    slid(x, size, size, n, false, (found, to, from, cell) => {
      for (let c = 0; c < n; c++) found[to + c] = join(found[to + c], x.data[from + c], cell, share);
    });
  const mean = (sum, value, cell, share) => sum + value * share;
  function joined(parts) { // the channels of several sequences, side by side
    const y = empty(parts[0].shape[0], 1, parts.reduce((sum, one) => sum + one.shape[2], 0));
    for (let s = 0, to = 0; s < y.shape[0]; s++) for (const { data, shape: [, , n] } of parts) {
      y.data.set(data.subarray(s * n, (s + 1) * n), to);
      to += n;
    }
    return y;
  }
  function times(vector, { data, shape: [, n] }, offset) { // vector times matrix, plus offset
    const sums = Float32Array.from(offset);
    for (let i = 0, k = 0; i < vector.length; i++) for (let j = 0; j < n; j++, k++) sums[j] += vector[i] * data[k];
    return sums;
  }
  function gru(x, [kernel, recurrent, bias], isBackward = false) { // its state after every step
    const [nSteps, , nIn] = x.shape, [n, width] = recurrent.shape, y = empty(nSteps, 1, n);
    for (let k = 0, state = new Float32Array(n); k < nSteps; k++) {
      const s = isBackward ? nSteps - 1 - k : k;
      const now = times(x.data.subarray(s * nIn, (s + 1) * nIn), kernel, bias.data.subarray(0, width));
      const past = times(state, recurrent, bias.data.subarray(width));
      state = state.map((old, i) => {
        const update = sigmoid(now[i] + past[i]), reset = sigmoid(now[n + i] + past[n + i]);
        return update * old + (1 - update) * Math.tanh(now[2 * n + i] + reset * past[2 * n + i]);
      });
      y.data.set(state, s * n);
    }
    return y;
  }
  const LAYERS = { // what each makes of its settings, its weights and what comes before it
    Conv: ({ strides }, weights, x) => convolved(x, strides, weights),
    MaxPooling: ({ pool_size: size }, _, x) => pooled(x, size, (one, other, cell) => (cell ? Math.max(one, other) : other)),
    AveragePooling: ({ pool_size: size }, _, x) => pooled(x, size, mean),
    GlobalAveragePooling: (_, __, x) => pooled(x, [x.shape[0]], mean),
    Reshape: ({ target_shape: [, n] }, _, x) => ({ data: x.data, shape: [x.data.length / n, 1, n] }),
    Concatenate: (_, __, ...parts) => joined(parts),
    BatchNormalization: (_, [{ data: gain }, { data: offset }], x) =>
      mapped(x, (value, i) => value * gain[i % gain.length] + offset[i % gain.length]),
    ELU: (_, __, x) => mapped(x, (value) => (value > 0 ? value : Math.expm1(value))),
    GRU: (_, weights, x) => gru(x, weights),
    "Bidirectional GRU": (_, weights, x) => joined([gru(x, weights.slice(0, 3)), gru(x, weights.slice(3), true)]),
    Dense: (_, [kernel, bias], x) => ({ data: normalized(Float64Array.from(times(x.data, kernel, bias.data), Math.exp)) }),
  };
  function unpacked({ layers, weights }) { // float32 in base64, cut to the shapes that each layer names
    const all = new Float32Array(Uint8Array.from(atob(weights), (letter) => letter.charCodeAt(0)).buffer);
    let at = 0;
    const next = (shape) => ({ shape, data: all.subarray(at, (at += product(shape))) });
    return layers.map((one) => ({ ...one, weights: one.shapes.map(next) }));
  }
  return (network, logMel, nFrames, nMels) => {
    const [input, ...layers] = (network.unpacked ??= unpacked(network));
    const values = { [input.name]: networkInput(logMel, nFrames, nMels) };
    for (const { kind, name, inputs, settings, weights } of layers)
      values[name] = LAYERS[kind.replace(/\dD$/, "")](settings, weights, ...inputs.map((one) => values[one]));
    const answers = values[layers.at(-1).name].data;
    return normalized(answers.map((one) => Math.max(one, SMALLEST) ** (1 / network.temperature)));
  };
})();
