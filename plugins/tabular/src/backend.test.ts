import { expect, test } from "vitest";
import { type BackendName, loadBackend } from "./backend.ts";

async function present(name: BackendName): Promise<boolean> {
  return await loadBackend(name).then(
    () => true,
    () => false,
  );
}
const hasGpu = await present("gpu");
const hasNative = hasGpu || (await present("node"));

test.each(["wasm", "cpu"] as const)("%s multiplies matrices", async (name) => {
  const backend = await loadBackend(name);
  expect(backend.environment).toEqual({ "tfjs.backend": name, "tfjs.version": "4.22.0" });
  expect(backend.tf.getBackend()).toBe(name);
  const product = backend.tf.matMul(backend.tf.tensor2d([[1, 2]]), backend.tf.tensor2d([[3], [4]]));
  expect([...product.dataSync()]).toEqual([11]);
});

test.skipIf(!hasGpu)("auto takes the GPU and trains on it", async () => {
  const { tf, name } = await loadBackend();
  expect(name).toBe("gpu");
  const weight = tf.variable(tf.scalar(1));
  tf.train.sgd(0.5).minimize(() => weight.square().asScalar());
  expect(weight.dataSync()[0]).toBeCloseTo(0, 6);
});

test.skipIf(hasNative)("without a native library auto takes wasm and says why, and gpu is refused", async () => {
  const { name, passedOver } = await loadBackend();
  expect(name).toBe("wasm");
  expect(passedOver.map((reason) => reason.split(":")[0])).toEqual(["gpu", "node"]);
  await expect(loadBackend("gpu")).rejects.toThrow(/^backend: gpu.*npm run gpu:install/);
});
