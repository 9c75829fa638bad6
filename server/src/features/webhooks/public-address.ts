import { lookup } from "node:dns";
import { BlockList, isIP, type LookupFunction } from "node:net";

/** Addresses that are not of the public internet (IANA's special-purpose registries, RFC 6890), as [network, prefix length]. */
const SPECIAL_V4 = [
  ["0.0.0.0", 8],
  ["10.0.0.0", 8],
  ["100.64.0.0", 10],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.0.0.0", 24],
  ["192.0.2.0", 24],
  ["192.88.99.0", 24],
  ["192.168.0.0", 16],
  ["198.18.0.0", 15],
  ["198.51.100.0", 24],
  ["203.0.113.0", 24],
  ["224.0.0.0", 3],
] as const;
/** Inside 2000::/3, which is all that is public of IPv6: documentation, protocol assignments (Teredo too), and 6to4, which embeds IPv4. */
const SPECIAL_V6 = [
  ["2001::", 23],
  ["2001:db8::", 32],
  ["2002::", 16],
  ["3fff::", 20],
] as const;

const V4_SPECIAL = listOf("ipv4", SPECIAL_V4);
const V6_SPECIAL = listOf("ipv6", SPECIAL_V6);
const V6_GLOBAL = listOf("ipv6", [["2000::", 3]]);

function listOf(family: "ipv4" | "ipv6", networks: readonly (readonly [string, number])[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family);
  return list;
}

/** Whether an IP address is of the public internet. IPv6 that embeds IPv4 (mapped, NAT64, 6to4) is not. */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !V4_SPECIAL.check(address, "ipv4");
  return family === 6 && V6_GLOBAL.check(address, "ipv6") && !V6_SPECIAL.check(address, "ipv6");
}

export const PRIVATE_ADDRESS = "the address is not of the public internet, and CLEW_WEBHOOK_ALLOW_PRIVATE is not set";

/** Why a URL's host is refused before anything is looked up; null for a name, whose addresses are looked at when it is connected to. */
export function refusedHost(hostname: string): string | null {
  const address = hostname.replace(/^\[|\]$/g, "");
  if (isIP(address) !== 0) return isPublic(address) ? null : PRIVATE_ADDRESS;
  return /(^|\.)localhost\.?$/i.test(hostname) ? PRIVATE_ADDRESS : null;
}

/**
 * A look-up for node:http that finds public addresses only. The connection goes to the very address that was looked at here, so a name
 * that changes its mind in between gains nothing.
 */
export const lookupPublic: LookupFunction = (hostname, options, callback) => {
  lookup(hostname, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, []);
    const found = addresses.filter(({ address }) => isPublic(address));
    if (found.length < addresses.length || found.length === 0) return callback(new Error(PRIVATE_ADDRESS), []);
    if (options.all) return callback(null, found);
    return callback(null, found[0]!.address, found[0]!.family);
  });
};
