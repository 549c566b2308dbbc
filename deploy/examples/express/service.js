// A service with Express that logs one JSON line per request with pino: node service.js >>app.log
const crypto = require("node:crypto");
const express = require("express");

const logRequests = require("pino-http")({
  serializers: {
    req: (req) => ({ method: req.method, url: req.url }),  // not the headers, which hold cookies and tokens
    res: (res) => ({ statusCode: res.statusCode }),
  },
  customLogLevel: (req, res, error) => (error || res.statusCode >= 500 ? "error" : "info"),
  customSuccessObject: (req, res, line) => ({ ...line, route: routeOf(req) }),
  customErrorObject: (req, res, error, line) => ({ ...line, route: routeOf(req) }),
});
const routeOf = (req) => (req.route ? req.baseUrl + req.route.path : "none");

const app = express();
app.use(logRequests);
app.use(express.json());

app.get("/health", (req, res) => res.json({ status: "ok" }));

app.get("/items/:item", (req, res) => {
  const item = Number(req.params.item);
  if (item === 0) throw new Error("division by zero");
  if (item % 97 === 0) return res.sendStatus(404);
  work(item % 50);
  res.json({ item });
});

app.post("/orders", (req, res) => {
  if (req.body.card === "broken") return res.status(503).json({ error: "the payment provider does not answer" });
  work(req.body.item % 120);
  res.json({ item: req.body.item });
});

// Hands the error to the line of the request.
app.use((error, req, res, next) => {
  res.err = error;
  res.status(500).json({ error: "internal" });
});

const work = (amount) => crypto.pbkdf2Sync("", "", amount * 500 + 1, 32, "sha256");

app.listen(3000, () => logRequests.logger.info("listening"));
