"""Agent for Turnlane that speaks AG-UI. Needs only Python: python3 agent.py [PORT]"""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def answer(messages):
    """Yields the answer piece by piece. Call your own agent here."""
    number = sum(message["role"] == "user" for message in messages)
    for word in f"Question {number} was: {messages[-1]['content']}".split(" "):
        time.sleep(0.05)
        yield word + " "


class Agent(BaseHTTPRequestHandler):

    def do_POST(self):
        run = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        ids = {"threadId": run["threadId"], "runId": run["runId"]}
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        try:
            self.send("RUN_STARTED", **ids)
            for piece in answer(run["messages"]):
                self.send("TEXT_MESSAGE_CHUNK", messageId="answer", delta=piece)
            self.send("RUN_FINISHED", **ids)
        except OSError:
            print("cancelled", flush=True)  # Turnlane closed the connection

    def send(self, event, **fields):
        self.wfile.write(f"data: {json.dumps({'type': event, **fields})}\n\n".encode())


server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1]) if len(sys.argv) > 1 else 9000), Agent)
print(f"http://127.0.0.1:{server.server_port}/", flush=True)
server.serve_forever()
