#!/bin/sh
# SPDX-License-Identifier: MIT
# node-mbus, with libmbus inside, reads our simulated meters through TCP: by primary and secondary
# address, and by its own search.
. "$SOURCE/tests/tool/common.sh"

node=$(command -v node || true)
modules=${NODE_MODULES:-$SOURCE/build-npm/node_modules}
[ -n "$node" ] && [ -e "$modules/node-mbus" ] || { echo "SKIP: needs node and node-mbus"; exit 77; }

start bus "$KWH" simulate inepro_pro1@5,inepro_2pu@7 mbustcp:127.0.0.1:0 \
    --set active_energy_import=6913460 --set active_energy_export=9134680
link=${target%@*}
port=${link##*:}
finds 2 "$link,baud=38400,allowance_ms=5" --secondary -o json
"$PYTHON" - "$temp/out" >"$temp/found" <<'CODE'
import json, sys
for line in map(json.loads, open(sys.argv[1])):
    print(line["address"], line["secondary"], line["id"])
CODE

NODE_PATH=$modules timeout 150 "$node" - "$port" "$temp/found" <<'CODE' || complain "node-mbus"
const fs = require("fs");
const Master = require("node-mbus");
const port = Number(process.argv[2]);
const meters = fs.readFileSync(process.argv[3], "utf8").trim().split("\n").map((line) => {
  const [address, secondary, id] = line.split(" ");
  return { address: Number(address), secondary, id };
});
const master = new Master({ host: "127.0.0.1", port, timeout: 100 });

function must(condition, what) {
  if (!condition) {
    console.log("not so:", what);
    process.exit(1);
  }
}

/* Value and unit text of a record, as libmbus scales them. */
function records(data) {
  return data.DataRecord.map((record) => [record.Function, record.Unit, String(record.Value)]);
}

async function main() {
  must(meters.length === 2, "two meters were found by us");
  await master.connectAsync();
  for (const meter of meters) {
    const primary = await master.getDataAsync(meter.address);
    const secondary = await master.getDataAsync(meter.secondary);
    for (const data of [primary, secondary]) {
      must(data.SlaveInformation.Manufacturer === "INM", "manufacturer");
      must(String(data.SlaveInformation.Id) === String(Number(meter.id)) ||
           String(data.SlaveInformation.Id) === meter.id, "identification");
      must(data.SlaveInformation.Medium === "Electricity", "medium");
    }
    const read = records(primary);
    if (meter.address === 5) {
      must(read.length === 9, "nine records");
      must(read[3].join() === "Maximum value,Energy (10 Wh),691346", "import: " + read[3]);
      must(read[6].join() === "Minimum value,Energy (10 Wh),913468", "export: " + read[6]);
    } else {
      must(read.length === 32, "32 records");
      must(read[0].join() === "Instantaneous value,Energy (Wh),6913460", "import: " + read[0]);
      must(read[5].join() === "Instantaneous value,Energy (Wh),9134680", "export: " + read[5]);
    }
  }
  const found = (await master.scanSecondaryAsync()).map(String).sort();
  must(found.join() === meters.map((meter) => meter.secondary).sort().join(), "search: " + found);
  await master.closeAsync();
  console.log("node-mbus agrees");
  process.exit(0);
}

main().catch((error) => {
  console.log(error);
  process.exit(1);
});
CODE

finish
