import pino from "pino";
import { readFileSync, rmSync } from "node:fs";
import { startServer } from "./src/app/start-server.ts";
import { Config } from "./src/config/config.ts";
rmSync("/tmp/smoke",{recursive:true,force:true});
const pg = process.argv[2] || undefined;
const r = await startServer(Config.parse({dataDir:"/tmp/smoke",port:0, postgresUrl: pg}), pino({level:"warn"}));
const token = readFileSync("/tmp/smoke/admin.token","utf8").trim();
const q = async (query:string, variables:object={}) => { const res = await fetch(r.url+"/graphql",{method:"POST",headers:{"content-type":"application/json",authorization:"Bearer "+token},body:JSON.stringify({query,variables})}); return res.json() as any; };
const ids:string[]=[];
for (let i=0;i<10;i++) { const a = await q(`mutation($input: PublishDatasetVersionInput!){ publishDatasetVersion(input:$input){ datasetVersion{id} userErrors{message} } }`,{input:{namespace:"demo",name:"d"+i,source:{uri:"s3://x"+i,snapshot:"1"}}}); ids.push(a.data.publishDatasetVersion.datasetVersion.id); }
const put = await fetch(r.url+"/artifacts/sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",{method:"PUT",headers:{authorization:"Bearer "+token,"content-type":"application/octet-stream"},body:"hello"});
console.log(put.status);
const m = `mutation($input: RecordRunInput!){ recordRun(input:$input){ run{ id } userErrors{code path message} projected } }`;
const params = Object.fromEntries(Array.from({length:20},(_,i)=>["p"+i,i*1.5]));
let n=0, bad=0; const N=+(process.argv[3]??4000); const t0=performance.now();
await Promise.all(Array.from({length:20},async()=>{ while(n<N){ const i=n++; const a=await q(m,{input:{namespace:"demo",inputs:ids.map((node,k)=>({role:"in"+k,node})),parameters:{...params,i},targets:[{role:"model",namespace:"demo",name:"m"}],outputs:[{role:"model",modelVersion:{files:[{path:"m",sizeBytes:5,digest:"sha256:2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824"}],format:"x",signature:{inputs:[],outputs:[{name:"p",type:"double"}]}}}]}}); if(!a.data?.recordRun?.projected) { bad++; if(bad<3) console.log(JSON.stringify(a).slice(0,500)); } } }));
const s=(performance.now()-t0)/1000; console.log(`${N} in ${s.toFixed(1)} s = ${(N/s).toFixed(0)}/s bad ${bad} rss ${(process.memoryUsage().rss/1e6).toFixed(0)}MB`);
await r.stop();
