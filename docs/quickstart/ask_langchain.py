"""Ask with LangChain's ChatOpenAI."""

import os
import sys

from langchain_openai import ChatOpenAI

url = os.environ.get("CAREERBOT_URL", "http://127.0.0.1:8765")
question = sys.argv[1] if len(sys.argv) > 1 else "How do I get into computer vision?"

chat = ChatOpenAI(model="careerbot", base_url=f"{url}/v1", api_key=os.environ.get("CAREERBOT_KEY", "none"), temperature=None)
print(chat.invoke(question).content)

for piece in chat.stream(question):
    print(piece.content, end="", flush=True)
print()
