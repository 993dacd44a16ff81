// Ask with fetch and read the events as they come. Usage: node ask.mjs "How do I get into computer vision?"
const url = process.env.CAREERBOT_URL ?? "http://127.0.0.1:8765";
const key = process.env.CAREERBOT_KEY;
const question = process.argv[2] ?? "How do I get into computer vision?";

const response = await fetch(`${url}/v1/ask`, {
  method: "POST",
  headers: {
    "content-type": "application/json",
    accept: "text/event-stream",
    ...(key ? { authorization: `Bearer ${key}` } : {}),
  },
  body: JSON.stringify({ question, sources: 2 }),
});
if (!response.ok) throw new Error((await response.json()).detail);

let rest = "";
for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
  const blocks = (rest + text).split("\n\n");
  rest = blocks.pop();
  for (const block of blocks) {
    const event = /^event: (.*)$/m.exec(block)?.[1];
    const data = JSON.parse(/^data: (.*)$/m.exec(block)?.[1] ?? "null");
    if (event === "claim") console.log("claim:", data.claim.text);
    if (event === "done" || event === "refused") console.log(`${data.status}:`, data.answer);
    if (event === "error") throw new Error(data.detail);
  }
}
