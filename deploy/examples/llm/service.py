"""Logs one JSON line for each call of a language model: what it cost, how long it took, how it ended.

The provider is a stand-in that answers as the API of OpenAI does; give `complete` your own client.
"""

import json
import logging
import random
import sys
import time
import types

log = logging.getLogger("llm")
logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
chance = random.Random(7)


def call(complete, purpose, model, prompt):
    """Calls the model and logs the call, without the prompt and the answer."""
    start, line = time.time(), {"purpose": purpose, "model": model}
    try:
        answer = complete(model=model, prompt=prompt)
        line |= {"model": answer.model, "input_tokens": answer.usage.prompt_tokens,
                 "cached_tokens": answer.usage.cached_tokens, "output_tokens": answer.usage.completion_tokens,
                 "finish_reason": answer.finish_reason}
        return answer
    except Exception as error:
        line["error"] = type(error).__name__
        raise
    finally:
        now = time.time()
        log.info(json.dumps({"time": round(now, 3), "event": "llm_call", **line, "seconds": round(now - start, 3)}))


class RateLimitError(Exception):
    pass


def stand_in(model, prompt):
    time.sleep(chance.expovariate(40))
    if chance.random() < 0.04:
        raise RateLimitError
    used = chance.randrange(200, 4000)
    usage = types.SimpleNamespace(prompt_tokens=used, cached_tokens=used // 2 if chance.random() < 0.3 else 0,
                                  completion_tokens=chance.randrange(20, 900))
    reason = "length" if chance.random() < 0.03 else "stop"
    return types.SimpleNamespace(model=model, usage=usage, finish_reason=reason)


if __name__ == "__main__":
    for _ in range(240):
        purpose = chance.choice(["summary", "summary", "search", "chat"])
        try:
            call(stand_in, purpose, "large-2" if purpose == "chat" else "small-1", "...")
        except RateLimitError:
            pass
