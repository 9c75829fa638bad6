import { expect, test } from "vitest";
import { HeldLeases } from "./held-leases.ts";

test("an attempt that was taken stays known after its end", () => {
  const leases = new HeldLeases(() => {});
  leases.take({ runId: "Run:1", attempt: 1, leaseMs: 1000 });
  leases.release({ runId: "Run:1", attempt: 1 });
  expect(leases.all).toEqual([]);
  expect(leases.wasTaken("Run:1", 1)).toBe(true);
  expect(leases.wasTaken("Run:1", 2)).toBe(false);
});

test("the shortest lease sets the pace, and each change is told", () => {
  let changes = 0;
  const leases = new HeldLeases(() => (changes += 1));
  expect(leases.shortestMs).toBeNull();
  leases.take({ runId: "Run:1", attempt: 1, leaseMs: 9000 });
  leases.take({ runId: "Run:2", attempt: 1, leaseMs: 4000 });
  expect(leases.shortestMs).toBe(4000);
  leases.release({ runId: "Run:2", attempt: 1 });
  expect(leases.shortestMs).toBe(9000);
  expect(changes).toBe(3);
});
