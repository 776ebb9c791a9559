/* The log-mel spectrogram that the networks read, the same as subgenre.data.features.log_mel. */
window.subgenre = window.subgenre || {};
(() => {
  const TOP_DB = 80, FLOOR = 1e-10;
  const LINEAR_HZ = 200 / 3, LOG_FROM_HZ = 1000, LOG_STEP = Math.log(6.4) / 27; // Slaney's scale
  const LOG_FROM = LOG_FROM_HZ / LINEAR_HZ;
  const toMel = (hz) => (hz < LOG_FROM_HZ ? hz / LINEAR_HZ
    : LOG_FROM + Math.log(hz / LOG_FROM_HZ) / LOG_STEP);
  const toHz = (mel) => (mel < LOG_FROM ? mel * LINEAR_HZ
    : LOG_FROM_HZ * Math.exp((mel - LOG_FROM) * LOG_STEP));

  /** Triangles of equal area, Slaney's norm: for each band its first bin and its weights. */
  function filters({ sample_rate, n_fft, n_mels, fmin, fmax }) {
    const low = toMel(fmin), step = (toMel(fmax) - low) / (n_mels + 1), hz = sample_rate / n_fft;
    return Array.from({ length: n_mels }, (_, band) => {
      const [left, centre, right] = [0, 1, 2].map((i) => toHz(low + (band + i) * step));
      const first = Math.ceil(left / hz), weights = [];
      for (let bin = first; bin * hz <= right && bin <= n_fft / 2; bin++) {
        const rise = (bin * hz - left) / (centre - left), fall = (right - bin * hz) / (right - centre);
        weights.push((2 / (right - left)) * Math.max(0, Math.min(rise, fall)));
      }
      return { first, weights };
    });
  }

  /** Return a function that transforms `re` and `im`, whose length is a power of two, in place. */
  function fourier(n) {
    const cos = Float64Array.from({ length: n / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / n));
    const sin = Float64Array.from({ length: n / 2 }, (_, i) => -Math.sin((2 * Math.PI * i) / n));
    const reversed = new Uint32Array(n);
    for (let i = 1; i < n; i++) reversed[i] = (reversed[i >> 1] >> 1) | (i & 1 ? n >> 1 : 0);
    return (re, im) => {
      for (let i = 0; i < n; i++) {
        const j = reversed[i];
        if (j > i) [re[i], re[j], im[i], im[j]] = [re[j], re[i], im[j], im[i]];
      }
      for (let half = 1; half < n; half *= 2) {
        for (let start = 0; start < n; start += 2 * half) {
          for (let k = 0, turn = 0; k < half; k++, turn += n / (2 * half)) {
            const a = start + k, b = a + half;
            const x = re[b] * cos[turn] - im[b] * sin[turn], y = re[b] * sin[turn] + im[b] * cos[turn];
            re[b] = re[a] - x; im[b] = im[a] - y; re[a] += x; im[a] += y;
          }
        }
      }
    };
  }

  /**
   * Return the levels in dB, frame by frame [n_frames x n_mels], and the number of frames.
   * `samples` are mono at `features.sample_rate`; `features.n_fft` is a power of two.
   */
  subgenre.logMel = (samples, features) => {
    const { n_fft, hop_length, n_mels } = features, bank = filters(features), fft = fourier(n_fft);
    const hann = Float64Array.from({ length: n_fft }, (_, i) => Math.sin((Math.PI * i) / n_fft) ** 2);
    const nFrames = 1 + Math.floor(samples.length / hop_length);
    const logMel = new Float32Array(nFrames * n_mels), re = new Float64Array(n_fft);
    const im = new Float64Array(n_fft), power = new Float64Array(n_fft / 2 + 1);
    for (let frame = 0, start = -n_fft / 2; frame < nFrames; frame++, start += hop_length) {
      for (let i = 0; i < n_fft; i++) re[i] = (samples[start + i] || 0) * hann[i]; // padded by zeros
      fft(re, im.fill(0));
      for (let i = 0; i < power.length; i++) power[i] = re[i] * re[i] + im[i] * im[i];
      bank.forEach(({ first, weights }, band) => {
        const sum = weights.reduce((total, weight, i) => total + weight * power[first + i], 0);
        logMel[frame * n_mels + band] = 10 * Math.log10(Math.max(sum, FLOOR));
      });
    }
    const lowest = logMel.reduce((a, b) => Math.max(a, b), -Infinity) - TOP_DB;
    return { logMel: logMel.map((level) => Math.max(level, lowest)), nFrames };
  };
})();
