/** A process with a fastify that answers every request with the same JSON: what a server of this kind can reach at most. It says its URL over IPC. */
import Fastify from "fastify";

const answer = { outputs: [{ name: "probability", datatype: "FP64", shape: [1], data: [0.25] }] };
const http = Fastify({ forceCloseConnections: true });
http.post("/*", () => answer);
const url = await http.listen({ host: "127.0.0.1", port: 0 });
process.send?.({ url });
process.once("message", () => void http.close().then(() => process.disconnect()));
