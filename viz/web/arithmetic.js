// What JavaScript lacks of Python's arithmetic: errors where there is no answer, an exact sum, and the error function.
// The formulas of the operation table, printed as JavaScript, call these functions by name.

class Refusal extends Error {} // its message is one of these:
const OUTSIDE = "outside the domain", TOO_LARGE = "too large", BY_ZERO = "division by zero";

function refuse(reason) {
  throw new Refusal(reason);
}

function divide(x, y) {
  return y === 0 ? refuse(BY_ZERO) : x / y;
}

function exp(x) {
  const a = Math.exp(x);
  return a === Infinity && x !== Infinity ? refuse(TOO_LARGE) : a;
}

const within = (f, isOutside) => (x) => isOutside(x) ? refuse(OUTSIDE) : f(x);
const log = within(Math.log, (x) => x <= 0);
const log1p = within(Math.log1p, (x) => x <= -1);
const sqrt = within(Math.sqrt, (x) => x < 0);
const sin = within(Math.sin, (x) => Math.abs(x) === Infinity);
const cos = within(Math.cos, (x) => Math.abs(x) === Infinity);

function pow(x, y) {
  if (x === 1 || (x === -1 && Math.abs(y) === Infinity)) return 1; // as IEEE 754 has it; JavaScript says NaN
  if (x === 0 && y < 0) refuse(BY_ZERO);
  const a = Math.pow(x, y);
  if (Number.isFinite(x) && Number.isFinite(y)) {
    if (a !== a) refuse(OUTSIDE);
    if (Math.abs(a) === Infinity) refuse(TOO_LARGE);
  }
  return a;
}

// --- sums -----------------------------------------------------------------------------------------------------------

// The exact sum, rounded once (Shewchuk 1997, like Python's math.fsum): what each addition rounds off is kept.
function fsum(terms) {
  let partials = [];
  for (let x of terms) {
    const kept = [];
    for (let y of partials) {
      if (Math.abs(x) < Math.abs(y)) [x, y] = [y, x];
      const high = x + y;
      const low = y - (high - x);
      if (low !== 0) kept.push(low);
      x = high;
    }
    partials = kept;
    partials.push(x);
  }
  let high = 0, low = 0, n = partials.length;
  while (n > 0 && low === 0) { // from the largest down, until something is rounded off
    const x = high, y = partials[--n];
    high = x + y;
    low = y - (high - x);
  }
  if (n > 0 && Math.sign(low) === Math.sign(partials[n - 1])) { // a tie that the rest below it decides
    const twice = 2 * low, up = high + twice;
    if (twice === up - high) high = up;
  }
  return high;
}

function total(...terms) {
  if (!terms.every(Number.isFinite)) return terms.reduce((sum, term) => sum + term, 0);
  const sum = fsum(terms); // no number where a partial sum was too large
  return Number.isFinite(sum) ? sum : refuse(TOO_LARGE);
}

// --- the error function ---------------------------------------------------------------------------------------------

const TWO_OVER_ROOT_PI = 2 / Math.sqrt(Math.PI);

// erf x = 2/√π · Σ (−1)ⁿ x²ⁿ⁺¹ / (n! (2n + 1)), as good as exact for |x| ≤ 1
const ERF = Array.from({length: 20}, (_, n) => {
  let c = 1 / (2 * n + 1);
  for (let k = 1; k <= n; k++) c /= -k;
  return c;
});

function erfNearZero(x) {
  return TWO_OVER_ROOT_PI * (x * ERF.reduceRight((sum, c) => sum * x * x + c, 0));
}

// (1 + 2x) · e^(x²) · erfc x for x ≥ 0, nearly constant, as Chebyshev's series in t = (x − 3.75)/(x + 3.75)
const ERFC = [
  1.1775789345674017, -0.004590054580646478, -0.08424913336651792, 0.05920993999819189,
  -0.026658668435305753, 0.009074997670705265, -0.002413163540417608, 0.0004907758365258086,
  -6.916973302501207e-05, 4.13902798607301e-06, 7.74038306619849e-07, -2.1886401049234397e-07,
  1.076499946567091e-08, 4.521959811218287e-09, -7.754400208831351e-10, -6.318088340886684e-11,
  2.86879501093067e-11, 1.9455868545777347e-13, -9.65469674843344e-13, 3.25254814814874e-14,
  3.3478119482868056e-14, -1.864562880419313e-15, -1.2507950530688648e-15, 7.418235256624044e-17,
  5.068148904796111e-17, -2.2370566594359995e-18, -2.187342944303018e-18, 2.6766327399258762e-20,
];

// e^(−x²): the part of x² that its rounding leaves out would be magnified up to 700 times
function bell(x) {
  const high = Math.fround(x), a = Math.exp(-high * high); // high² is exact
  return a + a * Math.expm1((high - x) * (high + x));
}

function erfc(x) {
  if (x < 0.5) return x < -1 ? 2 - erfc(-x) : 1 - erfNearZero(x);
  if (x > 28) return 0;
  const t = (x - 3.75) / (x + 3.75);
  let b = 0, before = 0; // Clenshaw's sum
  for (let k = ERFC.length - 1; k > 0; k--) [b, before] = [2 * t * b - before + ERFC[k], b];
  return (bell(x) * (t * b - before + ERFC[0])) / (1 + 2 * x);
}

function erf(x) {
  if (Math.abs(x) <= 1) return erfNearZero(x);
  return x < 0 ? erfc(-x) - 1 : 1 - erfc(x);
}
