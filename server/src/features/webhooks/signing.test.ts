import { expect, test } from "vitest";
import { retryDelayMs } from "./courier.ts";
import { isPublic, lookupPublic, refusedHost } from "./public-address.ts";
import { sign } from "./secrets.ts";

test("the signature is that of Standard Webhooks, by the vector of its libraries", () => {
  const signature = sign(
    "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    "msg_p5jXN8AQM9LWM0D4loKWxJek",
    1_614_265_330,
    '{"test": 2432232314}',
  );
  expect(signature).toBe("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
});

test.each(["8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111"])("%s is public", (address) => {
  expect(isPublic(address)).toBe(true);
  expect(refusedHost(address)).toBeNull();
});

const NOT_PUBLIC = `
  0.0.0.0 10.1.2.3 100.64.0.1 127.0.0.1 127.255.255.254 169.254.169.254 172.16.0.1 192.0.0.8 192.0.2.1 192.88.99.1 192.168.1.1
  198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1 255.255.255.255
  :: ::1 fe80::1 fc00::1 ff02::1 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:7f00:1:: 2001:db8::1 2001::1 3fff::1 no-address`;

test.each(NOT_PUBLIC.trim().split(/\s+/))("%s is not public", (address) => {
  expect(isPublic(address)).toBe(false);
});

test.each(["http://127.1/", "http://0x7f000001/", "http://[::1]:80/", "http://localhost/", "http://a.localhost./"])(
  "%s is refused by its host alone",
  (url) => {
    expect(refusedHost(new URL(url).hostname)).toMatch(/CLEW_WEBHOOK_ALLOW_PRIVATE/);
  },
);

test("a name whose addresses are not public is not found", async () => {
  const error = await new Promise((resolve) => lookupPublic("localhost", {}, resolve));
  expect(String(error)).toMatch(/CLEW_WEBHOOK_ALLOW_PRIVATE/);
});

test("a retry waits twice as long each time, up to an hour, and never less than half of that", () => {
  const most = [1, 2, 3, 12, 13, 100].map((failures) => retryDelayMs(failures, 1));
  expect(most).toEqual([1_000, 2_000, 4_000, 2_048_000, 3_600_000, 3_600_000]);
  expect(retryDelayMs(3, 0)).toBe(2_000);
});
