// The page of what this device still keeps.
import { showOutbox } from "./outbox.js";
import { draftsOf } from "./keeping.js";
import { askBeforeLeaving, isStillHere, workOffline } from "./person.js";
import { keepSending } from "./sending.js";

const config = JSON.parse(document.getElementById("fill-config").textContent);
const place = document.getElementById("outbox");
if (await isStillHere(config)) {
  const show = () => showOutbox(config, place);
  await show();
  const drafts = await draftsOf(config.person);
  const list = document.getElementById("drafts");
  for (const row of drafts) {
    const link = Object.assign(document.createElement("a"), { href: row.page, textContent: [row.title, row.about].filter(Boolean).join(" – ") });
    const line = document.createElement("li");
    line.append(link);
    list.append(line);
  }
  list.closest("section").hidden = !drafts.length;
  keepSending(config, show);
  askBeforeLeaving(config);
  workOffline(config);
} else {
  place.textContent = config.words.otherPerson;
}
