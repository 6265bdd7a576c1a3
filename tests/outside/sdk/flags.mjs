// Asks for a pilot as a product does, through an unmodified OpenFeature provider, and prints what the product gets:
// node flags.mjs server|web URL TOKEN PILOT CUSTOMER. Run it where node_modules holds the packages.
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const [kind, baseUrl, token, pilot, customer] = process.argv.slice(2);
const options = { baseUrl, headers: [["Authorization", `Bearer ${token}`]], cacheMode: "disabled" };
const context = { targetingKey: customer };

const ask = {
  async server() {
    const { OpenFeature } = require("@openfeature/server-sdk");
    const { OFREPProvider } = require("@openfeature/ofrep-provider");
    await OpenFeature.setProviderAndWait(new OFREPProvider(options));
    return OpenFeature.getClient().getStringDetails(pilot, "code default", context);
  },
  async web() {
    const { OpenFeature } = require("@openfeature/web-sdk");
    const { OFREPWebProvider } = require("@openfeature/ofrep-web-provider");
    await OpenFeature.setContext(context);
    await OpenFeature.setProviderAndWait(new OFREPWebProvider(options));
    return OpenFeature.getClient().getStringDetails(pilot, "code default");
  },
};

console.log(JSON.stringify(await ask[kind]()));
process.exit(0);
