// Python's random numbers, bit for bit: the Mersenne Twister of random.Random(seed), and what Python makes of it. So a
// page draws the weights, the data and the batches that Python draws (Matsumoto and Nishimura 1998).

class Random {
  // Of a seed, or where another one stands: its 624 words and the place among them.
  constructor(seed) {
    Object.assign(this, {words: new Uint32Array(624), at: 624, spare: null}); // the second of two normal numbers
    if (Array.isArray(seed)) {
      this.words.set(seed.slice(0, 624));
      this.at = seed[624];
      return;
    }
    const w = this.words, key = [];
    for (let rest = seed; rest > 0 || !key.length; rest = Math.floor(rest / 2 ** 32)) key.push(rest % 2 ** 32);
    const before = (i) => w[i - 1] ^ (w[i - 1] >>> 30);
    let i = 1;
    const next = () => { if (++i === 624) { w[0] = w[623]; i = 1; } };
    w[0] = 19650218;
    for (; i < 624; i++) w[i] = Math.imul(1812433253, before(i)) + i;
    i = 1;
    for (let k = 0; k < 624; k++, next()) w[i] = (w[i] ^ Math.imul(before(i), 1664525)) + key[k % key.length] + k % key.length;
    for (let k = 0; k < 623; k++, next()) w[i] = (w[i] ^ Math.imul(before(i), 1566083941)) - i;
    w[0] = 0x80000000;
  }

  get state() {
    return [...this.words, this.at];
  }

  word() {
    const w = this.words;
    if (this.at === 624) {
      for (let k = 0; k < 624; k++) {
        const y = (w[k] & 0x80000000) | (w[(k + 1) % 624] & 0x7fffffff);
        w[k] = w[(k + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      this.at = 0;
    }
    let y = w[this.at++];
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return (y ^ (y >>> 18)) >>> 0;
  }

  random() {
    return ((this.word() >>> 5) * 67108864 + (this.word() >>> 6)) / 9007199254740992;
  }

  uniform(low, high) {
    return low + (high - low) * this.random();
  }

  gauss(mean, deviation) {
    let z = this.spare;
    this.spare = null;
    if (z === null) {
      const angle = this.random() * 2 * Math.PI, far = Math.sqrt(-2 * Math.log(1 - this.random()));
      z = Math.cos(angle) * far;
      this.spare = Math.sin(angle) * far;
    }
    return mean + z * deviation;
  }

  below(n) {
    const bits = 32 - Math.clz32(n);
    let r = n;
    while (r >= n) r = this.word() >>> (32 - bits);
    return r;
  }

  sample(n, k) {
    // k of the numbers below n, in the order drawn; from a list that shrinks, or where n is large by drawing again.
    const few = 21 + (k > 5 ? 4 ** Math.ceil(Math.log(k * 3) / Math.log(4)) : 0), chosen = [];
    if (n > few) {
      const seen = new Set();
      while (chosen.length < k) {
        let j = this.below(n);
        while (seen.has(j)) j = this.below(n);
        seen.add(j);
        chosen.push(j);
      }
      return chosen;
    }
    const pool = Array.from({length: n}, (_, i) => i);
    for (let i = 0; i < k; i++) {
      const j = this.below(n - i);
      chosen.push(pool[j]);
      pool[j] = pool[n - i - 1];
    }
    return chosen;
  }
}
