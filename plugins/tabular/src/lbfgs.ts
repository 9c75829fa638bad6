/** The function to be minimised: answers its value at `point` and writes its gradient there to `gradient`. */
export type Objective = (point: Float64Array, gradient: Float64Array) => number;

const HISTORY = 10;
const MAX_ITERATIONS = 200;
const GRADIENT_TOLERANCE = 1e-5;
const SUFFICIENT_DECREASE = 1e-4;

interface State {
  point: Float64Array;
  gradient: Float64Array;
  value: number;
}

/** One pair of the history: how the point moved and how the gradient changed. */
interface Pair {
  step: Float64Array;
  change: Float64Array;
  rho: number;
}

/**
 * L-BFGS (Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 7.5) with backtracking; for smooth convex functions.
 * Ends when no part of the gradient is above 1e-5, when no step gains anything, or after 200 iterations.
 */
export function minimise(start: Float64Array, objective: Objective): Float64Array {
  const gradient = new Float64Array(start.length);
  let state: State = { point: start, gradient, value: objective(start, gradient) };
  const pairs: Pair[] = [];
  for (let iteration = 0; iteration < MAX_ITERATIONS; iteration++) {
    if (state.gradient.every((part) => Math.abs(part) <= GRADIENT_TOLERANCE)) break;
    const next = search(state, directionOf(state.gradient, pairs), objective);
    if (next === null) break;
    remember(pairs, state, next);
    state = next;
  }
  return state.point;
}

function search({ point, gradient, value }: State, direction: Float64Array, objective: Objective): State | null {
  const slope = dot(gradient, direction);
  for (let length = 1; length > 1e-10; length /= 2) {
    const next = point.map((part, index) => part + length * direction[index]!);
    const nextGradient = new Float64Array(point.length);
    const nextValue = objective(next, nextGradient);
    if (nextValue <= value + SUFFICIENT_DECREASE * length * slope) {
      return { point: next, gradient: nextGradient, value: nextValue };
    }
  }
  return null;
}

function remember(pairs: Pair[], from: State, to: State): void {
  const step = to.point.map((part, index) => part - from.point[index]!);
  const change = to.gradient.map((part, index) => part - from.gradient[index]!);
  const curvature = dot(step, change);
  if (curvature <= 1e-12) return;
  pairs.push({ step, change, rho: 1 / curvature });
  if (pairs.length > HISTORY) pairs.shift();
}

/** Minus the gradient times the approximate inverse Hessian: the two-loop recursion. */
function directionOf(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((part) => -part);
  const alphas: number[] = [];
  for (const { step, change, rho } of pairs.toReversed()) {
    const alpha = rho * dot(step, direction);
    alphas.push(alpha);
    addScaled(direction, change, -alpha);
  }
  const last = pairs.at(-1);
  // Without history the first step is as long as the gradient allows at most: length 1.
  const scale = last === undefined ? 1 / Math.max(1, norm(gradient)) : 1 / (last.rho * dot(last.change, last.change));
  for (let index = 0; index < direction.length; index++) direction[index]! *= scale;
  for (const { step, change, rho } of pairs) {
    addScaled(direction, step, (alphas.pop() ?? 0) - rho * dot(change, direction));
  }
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < a.length; index++) sum += a[index]! * b[index]!;
  return sum;
}

function norm(values: Float64Array): number {
  return Math.sqrt(dot(values, values));
}

function addScaled(target: Float64Array, values: Float64Array, scale: number): void {
  for (let index = 0; index < target.length; index++) target[index]! += scale * values[index]!;
}
