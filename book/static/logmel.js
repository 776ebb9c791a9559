/* The log-mel spectrogram that the networks read, the same as subgenre.data.features.log_mel. */
window.subgenre = window.subgenre || {};
(() => {
  const TOP_DB = 80, FLOOR = 1e-10;
  // Slaney's scale: even steps below 1 kHz, even ratios above.
  const STEP_HZ = 200 / 3, EVEN_HZ = 1000, EVEN_MEL = EVEN_HZ / STEP_HZ, RATIO = Math.log(6.4) / 27;
  const toMel = (hz) =>
    (hz < EVEN_HZ ? hz / STEP_HZ : EVEN_MEL + Math.log(hz / EVEN_HZ) / RATIO);
  const toHz = (mel) =>
    (mel < EVEN_MEL ? mel * STEP_HZ : EVEN_HZ * Math.exp((mel - EVEN_MEL) * RATIO));

  /** Return the first bin and the weights of each band: triangles of equal area, Slaney's norm. */
  function filters({ sample_rate, n_fft, n_mels, fmin, fmax }) {
    const low = toMel(fmin), step = (toMel(fmax) - low) / (n_mels + 1), hz = sample_rate / n_fft;
    return Array.from({ length: n_mels }, (_, band) => {
      const [left, centre, right] = [0, 1, 2].map((i) => toHz(low + (band + i) * step));
      const first = Math.ceil(left / hz), weights = [];
      for (let bin = first; bin * hz <= right && bin <= n_fft / 2; bin++) {
        const sides = [(bin * hz - left) / (centre - left), (right - bin * hz) / (right - centre)];
        weights.push((2 / (right - left)) * Math.max(0, Math.min(...sides)));
      }
      return { first, weights };
    });
  }

  /** Transform what lies in the order of reversed bits, a power of two of it, in place. */
  function fourier(re, im, cos, sin) {
    const n = re.length;
    for (let half = 1; half < n; half *= 2) {
      for (let start = 0; start < n; start += 2 * half) {
        for (let a = start, turn = 0; a < start + half; a++, turn += n / (2 * half)) {
          const b = a + half, x = re[b] * cos[turn] + im[b] * sin[turn];
          const y = im[b] * cos[turn] - re[b] * sin[turn];
          re[b] = re[a] - x; im[b] = im[a] - y; re[a] += x; im[a] += y;
        }
      }
    }
  }

  /**
   * Return the levels in dB, frame by frame [n_frames x n_mels], and the number of frames.
   * `samples` are mono at `features.sample_rate`; `features.n_fft` is a power of two.
   */
  subgenre.logMel = (samples, features) => {
    const { n_fft, hop_length, n_mels } = features, bank = filters(features);
    const table = (value) => Float64Array.from({ length: n_fft }, (_, i) => value((Math.PI * i) / n_fft));
    const hann = table((x) => Math.sin(x) ** 2), cos = table((x) => Math.cos(2 * x));
    const sin = table((x) => Math.sin(2 * x)), [re, im] = [table(() => 0), table(() => 0)];
    const reversed = new Uint32Array(n_fft);
    for (let i = 1; i < n_fft; i++) reversed[i] = (reversed[i >> 1] + (i & 1) * n_fft) >> 1;
    const nFrames = 1 + Math.floor(samples.length / hop_length);
    const logMel = new Float32Array(nFrames * n_mels);
    for (let frame = 0, start = -n_fft / 2; frame < nFrames; frame++, start += hop_length) {
      for (let i = 0; i < n_fft; i++) re[reversed[i]] = hann[i] * (samples[start + i] || 0);
      fourier(re, im.fill(0), cos, sin);
      bank.forEach(({ first, weights }, band) => {
        const power = weights.reduce(
          (sum, weight, i) => sum + weight * (re[first + i] ** 2 + im[first + i] ** 2), 0);
        logMel[frame * n_mels + band] = 10 * Math.log10(Math.max(power, FLOOR));
      });
    }
    const lowest = logMel.reduce((a, b) => Math.max(a, b)) - TOP_DB;
    return { logMel: logMel.map((level) => Math.max(level, lowest)), nFrames };
  };
})();
