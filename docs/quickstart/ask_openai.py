"""Ask with the official openai package: citations are in the text, and in full in the field `careerbot`."""

import os
import sys

from openai import OpenAI

url = os.environ.get("CAREERBOT_URL", "http://127.0.0.1:8765")
question = sys.argv[1] if len(sys.argv) > 1 else "How do I get into computer vision?"
messages = [{"role": "user", "content": question}]

with OpenAI(base_url=f"{url}/v1", api_key=os.environ.get("CAREERBOT_KEY", "none")) as client:
    reply = client.chat.completions.create(model="careerbot", messages=messages)
    print(reply.choices[0].message.content)
    print("people:", ", ".join(reply.model_extra["careerbot"]["voices"]["names"]))

    for chunk in client.chat.completions.create(model="careerbot", messages=messages, stream=True):
        for choice in chunk.choices:
            print(choice.delta.content or "", end="", flush=True)
    print()
