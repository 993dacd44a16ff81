"""Ask with an HTTP library and read the events as they come."""

import json
import os
import sys

import httpx

url = os.environ.get("CAREERBOT_URL", "http://127.0.0.1:8765")
key = os.environ.get("CAREERBOT_KEY")
question = sys.argv[1] if len(sys.argv) > 1 else "How do I get into computer vision?"

headers = {"Accept": "text/event-stream"} | ({"Authorization": f"Bearer {key}"} if key else {})
body = {"question": question, "sources": 2}

with httpx.stream("POST", f"{url}/v1/ask", json=body, headers=headers, timeout=180) as response:
    response.raise_for_status()
    event = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            event = line.removeprefix("event: ")
        elif line.startswith("data: "):
            data = json.loads(line.removeprefix("data: "))
            if event == "claim":
                print("claim:", data["claim"]["text"])
            elif event in {"done", "refused"}:
                print(data["status"] + ":", data["answer"])
            elif event == "error":
                sys.exit(data["detail"])
