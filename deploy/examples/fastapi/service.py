"""A service with FastAPI that logs one JSON line per request: python3 service.py >>app.log"""

import hashlib
import json
import logging
import sys
import time

import uvicorn
from fastapi import FastAPI, HTTPException, Request
from pydantic import BaseModel


class JsonFormatter(logging.Formatter):
    converter = time.gmtime

    def format(self, record):
        at = f"{self.formatTime(record, '%Y-%m-%dT%H:%M:%S')}.{int(record.msecs):03d}Z"
        line = {"time": at, "level": record.levelname, "message": record.getMessage(), **getattr(record, "fields", {})}
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line)


handler = logging.StreamHandler(sys.stdout)
handler.setFormatter(JsonFormatter())
logging.basicConfig(level=logging.INFO, handlers=[handler])
log = logging.getLogger("orders")
app = FastAPI()


@app.middleware("http")
async def log_request(request: Request, call_next):
    start, status = time.perf_counter(), 500
    try:
        response = await call_next(request)
        status = response.status_code
        return response
    finally:
        route = request.scope.get("route")  # the template, /items/{item}; absent where no route answers
        fields = {"method": request.method, "route": route.path if route else "none", "status": status,
                  "duration_ms": round((time.perf_counter() - start) * 1000, 3)}
        log.info("request", extra={"fields": fields})


class Order(BaseModel):
    item: int
    card: str


@app.get("/health")
def health():
    return {"status": "ok"}


@app.get("/items/{item}")
def read_item(item: int):
    if item % 97 == 0 and 1000 // item:
        raise HTTPException(404)
    work(item % 50)
    return {"item": item}


@app.post("/orders")
def order(order: Order):
    if order.card == "broken":
        raise HTTPException(503, "the payment provider does not answer")
    work(order.item % 120)
    return {"item": order.item}


def work(amount):
    hashlib.pbkdf2_hmac("sha256", b"", b"", amount * 500 + 1)


if __name__ == "__main__":
    uvicorn.run(app, port=8000, access_log=False, log_config=None)  # its own lines, too, go through the formatter above
