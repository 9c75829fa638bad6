// Asks an endpoint about parcels, and prints what became of them as labels: node ask.mjs <url> <month> <rows> [moved] > outcomes.csv
import { parcel, randomOf } from "./parcels.mjs";

const [url, month, rows, world = "before"] = process.argv.slice(2);
const ROWS_A_REQUEST = 10;
const random = randomOf(1000 + Number(month));

async function ask(parcels) {
  const tensor = (name, datatype) => ({
    name,
    datatype,
    shape: [parcels.length],
    data: parcels.map((one) => one[name]),
  });
  const inputs = [tensor("carrier", "BYTES"), tensor("distance", "INT64"), tensor("weight", "FP64")];
  const answer = await fetch(`${url}/v2/models/desk/infer`, { method: "POST", body: JSON.stringify({ inputs }) });
  if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
  return answer.headers.get("X-Inference-Id");
}

console.log("inference,row,value,at");
for (let asked = 0; asked < Number(rows); asked += ROWS_A_REQUEST) {
  const parcels = Array.from({ length: ROWS_A_REQUEST }, () => parcel(random, Number(month), world));
  const inference = await ask(parcels);
  parcels.forEach(({ late }, row) => console.log([inference, row, late, new Date().toISOString()].join(",")));
}
