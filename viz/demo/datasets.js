// The data sets of nn.datasets once more, point by point as Python makes them from the same noise and seed.

const POINTS = 400;

function alternating(classes, place) {
  return Array.from({length: POINTS}, (_, i) => [...place(i, i % classes), i % classes]);
}

function square(noise, random, answer) {
  const points = Array.from({length: POINTS}, () => [random.uniform(-1, 1), random.uniform(-1, 1)]);
  return points.map(([x1, x2]) => [x1 + random.gauss(0, noise), x2 + random.gauss(0, noise), answer(x1, x2)]);
}

function curves(noise, random, turns, places) {
  const count = POINTS / 2;
  return places.flatMap((place, k) => Array.from({length: count}, (_, i) => {
    const [x1, x2] = place(2 * Math.PI * turns * i / count);
    return [x1 + random.gauss(0, noise), x2 + random.gauss(0, noise), k];
  }));
}

function arms(noise, random, classes, turn) {
  return alternating(classes, (i, k) => {
    const radius = 0.1 + 0.9 * Math.floor(i / classes) / Math.floor(POINTS / classes), angle = turn * radius + 2 * Math.PI * k / classes;
    return [radius * Math.cos(angle) + random.gauss(0, noise / 4), radius * Math.sin(angle) + random.gauss(0, noise / 4)];
  });
}

const circle = (r) => (t) => [r * Math.cos(t), r * Math.sin(t)];
const HILLS = [[-0.5, -0.5, 1], [0.5, 0.5, 1], [-0.5, 0.5, -1], [0.5, -0.5, -1]];

const DATASETS = {
  linear: (noise, random) => alternating(2, (_, k) => [0, 1].map(() => random.gauss(1.2 * k - 0.6, 0.2 + noise))),
  moons: (noise, random) => curves(noise, random, 0.5, [circle(1), (t) => [1 - Math.cos(t), 0.5 - Math.sin(t)]]),
  circles: (noise, random) => curves(noise, random, 1, [circle(1), circle(0.45)]),
  xor: (noise, random) => square(noise, random, (x1, x2) => Number((x1 > 0) !== (x2 > 0))),
  spiral: (noise, random) => arms(noise, random, 2, 3 * Math.PI),
  pinwheel: (noise, random) => arms(noise, random, 3, Math.PI),
  plane: (noise, random) => square(noise, random, (x1, x2) => (x1 + x2) / 2),
  hills: (noise, random) => square(noise, random, (x1, x2) => HILLS.reduce((sum, [c1, c2, h]) => sum + h * Math.exp(-8 * ((x1 - c1) ** 2 + (x2 - c2) ** 2)), 0)),
};

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
    const margin = (high - low || 1) * 0.1;
    return [low - margin, high + margin];
  });
}
