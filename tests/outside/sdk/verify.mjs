// Verifies webhooks with the unmodified npm package: reads [{secret, headers, body}] as JSON from standard input and
// prints [true, ...]. Run it where node_modules holds the package.
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const { Webhook } = require("standardwebhooks");

let text = "";
for await (const piece of process.stdin) text += piece;
console.log(JSON.stringify(JSON.parse(text).map(isVerified)));

function isVerified({ secret, headers, body }) {
  try {
    new Webhook(secret).verify(body, headers);
    return true;
  } catch (error) {
    return String(error);
  }
}
