// The data sets of nn.datasets once more, point by point as Python makes them from the same noise and seed.

const POINTS = 400;
const alternating = (classes, place) => () => Array.from({length: POINTS}, (_, i) => [...place(i, i % classes), i % classes]);
const arms = (classes, turn) => alternating(classes, (i, k) => {
  const radius = 0.1 + 0.9 * Math.floor(i / classes) / Math.floor(POINTS / classes), angle = turn * radius + 2 * Math.PI * k / classes;
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
});
const curves = (angle, places) => () => places.flatMap((place, k) =>
  Array.from({length: POINTS / 2}, (_, i) => [...place(angle * i / (POINTS / 2)), k]));
const square = (answer) => (random) =>
  Array.from({length: POINTS}, () => [random.uniform(-1, 1), random.uniform(-1, 1)]).map(([x1, x2]) => [x1, x2, answer(x1, x2)]);
const circle = (r) => (t) => [r * Math.cos(t), r * Math.sin(t)];
const HILLS = [[-0.5, -0.5, 1], [0.5, 0.5, 1], [-0.5, 0.5, -1], [0.5, -0.5, -1]];
const height = (x1, x2) => HILLS.reduce((sum, [c1, c2, h]) => sum + h * Math.exp(-8 * ((x1 - c1) ** 2 + (x2 - c2) ** 2)), 0);

const DATASETS = { // where the points would be without noise, and how much of it moves them
  linear: {places: alternating(2, (_, k) => [1.2 * k - 0.6, 1.2 * k - 0.6]), least: 0.2},
  moons: {places: curves(Math.PI, [circle(1), (t) => [1 - Math.cos(t), 0.5 - Math.sin(t)]])},
  circles: {places: curves(2 * Math.PI, [circle(1), circle(0.45)])},
  xor: {places: square((x1, x2) => Number((x1 > 0) !== (x2 > 0)))},
  spiral: {places: arms(2, 3 * Math.PI), share: 0.25},
  pinwheel: {places: arms(3, Math.PI), share: 0.25},
  plane: {places: square((x1, x2) => (x1 + x2) / 2)},
  hills: {places: square(height)},
};

function make(name, noise, random) {
  const {places, share = 1, least = 0} = DATASETS[name], sigma = least + share * noise;
  return places(random).map(([x1, x2, y]) => [x1 + random.gauss(0, sigma), x2 + random.gauss(0, sigma), y]);
}

function split(points, share, seed) {
  // Train and test points; Python rounds a half to the even number.
  const order = new Random(seed).sample(points.length, points.length), part = share * points.length;
  const near = Math.floor(part), rounded = part - near === 0.5 ? near + near % 2 : Math.round(part);
  const count = Math.min(Math.max(rounded, 1), points.length - 1);
  return [order.slice(0, count), order.slice(count)].map((some) => some.map((i) => points[i]));
}

function domainOf(points) {
  return [0, 1].map((i) => {
    const low = Math.min(...points.map((point) => point[i])), high = Math.max(...points.map((point) => point[i]));
    const margin = (high - low || Math.max(1, Math.abs(high))) * 0.1;
    return [low - margin, high + margin];
  });
}
