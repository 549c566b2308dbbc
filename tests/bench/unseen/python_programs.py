"""Programs of engineers of data and models, installed by pip."""

import random

from . import program
from .program import Program

TASKS = '''
import time, random
from celery import Celery
app = Celery("shop", broker="filesystem://", backend="file://{directory}/results")
app.conf.broker_transport_options = {{"data_folder_in": "{directory}/queue", "data_folder_out": "{directory}/queue"}}
@app.task
def bill(order):
    time.sleep(0.01)
    return order * 2
@app.task(bind=True, max_retries=1)
def ship(self, order):
    if order % 3 == 0:
        raise ValueError("no stock for order %d\\nask again" % order)
    if order % 5 == 0:
        raise self.retry(countdown=0.1)
'''
SPIDER = '''
import scrapy
class Shop(scrapy.Spider):
    name = "shop"
    start_urls = ["http://127.0.0.1:{port}" + ["/items/%d", "/missing/%d", "/fail?%d", "/slow?%d"][n % 4] % n for n in range(120)]
    start_urls += ["http://127.0.0.1:1/"]
    def parse(self, response):
        if response.url.endswith("0"):
            raise KeyError("price")
        yield {{"url": response.url, "size": len(response.body)}}
'''
SERVICE = '''
import bentoml, time
@bentoml.service(workers=1)
class Model:
    @bentoml.api
    def predict(self, x: int) -> int:
        if x % 7 == 0:
            raise ValueError("x is %d\\nwhich is bad" % x)
        time.sleep(0.002 * (x % 5))
        return x + 1
'''
JOB = '''
from pyspark.sql import SparkSession, functions
spark = SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").getOrCreate()
spark.sparkContext.setLogLevel("INFO")
for day in range(4):
    spark.range(20000).withColumn("k", functions.col("id") % 7).groupBy("k").count().collect()
    try:
        spark.range(10).rdd.map(lambda x: 1 / (x.id - 5)).collect()
    except Exception:
        pass
spark.stop()
'''


def celery(directory):
    (directory / "queue").mkdir()
    (directory / "results").mkdir()
    (directory / "shop.py").write_text(TASKS.format(directory=directory))
    for turn in range(2):
        with program.running(["celery", "-A", "shop", "worker", "--loglevel=INFO", "--concurrency=2"], directory, C_FORCE_ROOT="1"):
            program.time.sleep(5)
            script = f"import shop\nfor n in range(80): shop.bill.delay(n); shop.ship.delay(n + {turn})"
            program.call("python3", "-c", script, cwd=directory)
            program.time.sleep(10)
    return directory / "output.log"


def scrapy(directory):
    with program.origin(directory) as port:
        (directory / "spider.py").write_text(SPIDER.format(port=port))
        program.call("scrapy", "runspider", "spider.py", "--logfile=scrapy.log", "-s", "RETRY_TIMES=1", cwd=directory)
    return directory / "scrapy.log"


def jupyter(directory):
    port = program.free_port()
    with program.running(["jupyter", "server", "--allow-root", "--no-browser", "--ip=127.0.0.1", f"--port={port}", "--debug",
                          "--ServerApp.token=", "--ServerApp.password=", f"--ServerApp.root_dir={directory}"], directory, port,
                         HOME=str(directory)):
        program.browse(port, 300, ("/api", "/api/contents", "/api/contents/missing{n}", "/api/status", "/tree", "/api/sessions"))
    return directory / "output.log"


def bentoml(directory):
    port = program.free_port()
    (directory / "service.py").write_text(SERVICE)
    with program.running(["bentoml", "serve", "service:Model", "--host", "127.0.0.1", "--port", port], directory, port,
                         BENTOML_DO_NOT_TRACK="True", HOME=str(directory)):
        program.time.sleep(5)
        for x in range(300):
            program.request(port, "/predict" if x % 11 else "/nothing", "POST", b'{"x": %d}' % x if x % 13 else b"{broken",
                            {"Content-Type": "application/json"})
    return directory / "output.log"


def litellm(directory):
    port = program.free_port()
    (directory / "config.yaml").write_text("model_list:\n- model_name: small\n  litellm_params: {model: openai/small, "
                                           "api_key: none, mock_response: 'yes'}\n"
                                           "general_settings: {dangerously_permit_weak_or_unset_master_key: true}\n")
    with program.running(["litellm", "--config", directory / "config.yaml", "--host", "127.0.0.1", "--port", port,
                          "--detailed_debug"], directory, port, HOME=str(directory),
                         LITELLM_LOCAL_MODEL_COST_MAP="True"):
        chance = random.Random(1)
        for _ in range(60):
            model = chance.choice(("small", "small", "absent"))
            program.request(port, "/v1/chat/completions", "POST",
                            b'{"model": "%s", "messages": [{"role": "user", "content": "a\\nb"}]}' % model.encode(),
                            {"Content-Type": "application/json"})
            program.request(port, "/nothing")
    return directory / "output.log"


def mlflow(directory):
    port = program.free_port()
    with program.running(["mlflow", "server", "--host", "127.0.0.1", "--port", port, "--workers", "1", "--backend-store-uri",
                          f"sqlite:///{directory}/m.db"], directory, port, HOME=str(directory)):
        program.time.sleep(8)
        for n in range(150):
            program.request(port, "/api/2.0/mlflow/experiments/create", "POST", b'{"name": "e%d"}' % (n // 2),
                            {"Content-Type": "application/json"})
            program.request(port, ("/", "/health", "/api/2.0/mlflow/runs/get?run_id=absent")[n % 3])
    return directory / "output.log"


def spark(directory):
    (directory / "job.py").write_text(JOB)
    (directory / "spark.log").write_text(program.call("spark-submit", "job.py", cwd=directory))
    return directory / "spark.log"


PROGRAMS = [
    Program("celery", "pip: celery", ["celery", "--version"], celery,
            format="template", record=r"^\[\d{4}-", number=(r"^\[\S+ \S+: (\w+)/", "level"),
            time=(r"^\[(\d{4}-\S+ \S+): ", "%Y-%m-%d %H:%M:%S,%f"), words=program.LEVELS),
    Program("scrapy", "pip: scrapy", ["scrapy", "version"], scrapy,
            format="template", record=r"^\d{4}-\d\d-\d\d ", number=(r"^\S+ \S+ \[\S+\] (\w+):", "level"),
            time=(r"^(\d{4}-\S+ \S+) \[", "%Y-%m-%d %H:%M:%S"), words=program.LEVELS),
    Program("jupyter", "pip: jupyter_server", ["jupyter-server", "--version"], jupyter,
            format="template|regex", record=r"^\[[A-Z] \d{4}", number=(r"^\[([A-Z]) ", "level"),
            time=(r"^\[[A-Z] (\d{4}-\S+ \S+) ", "%Y-%m-%d %H:%M:%S.%f"), words=program.LEVELS),
    Program("bentoml", "pip: bentoml", ["bentoml", "--version"], bentoml,
            format="template|regex", record=r"^\d{4}-\d\d-\d\dT", number=(r"\(status=(\d+),", "status"),
            time=(r"^(\d{4}-\S+) \[", "%Y-%m-%dT%H:%M:%S%z"),
            edit=program.COUNTER + """when = 'message.contains("(status=")'
labels = { status = 'message.extract("[(]status=([0-9]+),")' }
"""),
    Program("litellm", "pip: litellm[proxy]", ["litellm", "--version"], litellm,
            format=".*", record=r"^\d\d:\d\d:\d\d - |^INFO: ", number=(r'^INFO: .*" (\d{3}) ', "status"), time=()),
    Program("mlflow", "pip: mlflow", ["mlflow", "--version"], mlflow,
            format=".*template.*", record=r"^\d{4}/\d\d/\d\d ", number=(r'" (\d{3}) ', "status"),
            time=(r"^(\d{4}/\S+ \S+) ", "%Y/%m/%d %H:%M:%S")),
    Program("spark", "pip: pyspark", ["spark-submit", "--version"], spark,
            format="regex|template", record=r"^\d\d/\d\d/\d\d ", number=(r"^\S+ \S+ ([A-Z]+) ", "level"),
            time=(r"^(\d\d/\S+ \S+) ", "%y/%m/%d %H:%M:%S"), words=program.LEVELS),
]
