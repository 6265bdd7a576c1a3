// Sends orders through an unmodified SDK and prints what the SDK says of them: node send.mjs SDK URL KEY ORDERS.
// Run it where node_modules holds the SDKs. With ORDERS 0 it sends one call of each type instead.
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(join(process.cwd(), "package.json"));
const [sdk, url, key, orders] = process.argv.slice(2);
const patience = 10; // retries of one request
const outcome = { delivered: 0, failed: 0, errors: [] };

const clients = {
  segment() {
    const { Analytics } = require("@segment/analytics-node");
    return new Analytics({ writeKey: key, host: url, flushAt: 15, flushInterval: 200, maxRetries: patience });
  },
  rudderstack() {
    const Analytics = require("@rudderstack/rudder-sdk-node");
    const errorHandler = (error) => outcome.errors.push(String(error));
    return new Analytics(key, { dataPlaneUrl: url, flushAt: 15, flushInterval: 200, retryCount: patience, errorHandler });
  },
};

const client = clients[sdk]();
const calls = Number(orders) > 0 ? manyOrders(Number(orders)) : oneOfEach();
const answers = [];
for (const [type, parameters] of calls) {
  answers.push(call(type, parameters));
  if (answers.length % 25 === 0) await new Promise((resolve) => setTimeout(resolve, 20));
}
await Promise.all(answers);
console.log(JSON.stringify(outcome));
process.exit(0);

function call(type, parameters) {
  return new Promise((resolve) => {
    client[type](parameters, (error) => {
      outcome[error ? "failed" : "delivered"] += 1;
      if (error) outcome.errors.push(String(error));
      resolve();
    });
  });
}

function manyOrders(count) {
  return Array.from({ length: count }, (_, number) => ["track", order(`${sdk}-${number % 10}`)]);
}

function oneOfEach() {
  const userId = `${sdk}-all`;
  return [
    ["identify", { userId, traits: { plan: "pro" } }],
    ["group", { userId, groupId: "g1", traits: { seats: 3 } }],
    ["track", order(userId)],
    ["page", { userId, name: "Home" }],
    ["screen", { userId, name: "Start" }],
    ["alias", { userId, previousId: "before" }],
  ];
}

function order(userId) {
  const context = { consent: { categoryPreferences: { offers: true } } };
  return { userId, event: "Order Completed", properties: { revenue: 12.5 }, context };
}
