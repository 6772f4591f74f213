// The list of finished answers: not sent, refused, sent. On the page of a form and on a page of its own.
import { drop, outboxOf, reopen } from "./keeping.js";
import { sendAll } from "./sending.js";

const make = (name, options = {}, ...children) => {
  const { dataset, ...properties } = options;
  const element = Object.assign(document.createElement(name), properties);
  Object.assign(element.dataset, dataset || {});
  element.append(...children.filter((child) => child !== null && child !== ""));
  return element;
};
const time = (config, moment) => new Intl.DateTimeFormat(config.language, { dateStyle: "short", timeStyle: "short" }).format(moment);

function correct(row) {
  const { key, ...draft } = row.draft;
  const again = row.state === "conflict" ? { instance: `uuid:${row.fresh || newId()}`, deprecated: row.id } : { instance: row.id };
  return reopen({ ...draft, ...again, key, xml: row.xml, files: row.files, person: row.person, changed: Date.now() }, row.id);
}

export const newId = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (sign) => (+sign ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (+sign / 4)))).toString(16));

function item(config, row, show) {
  const { words } = config;
  const mark = { waiting: ["warn", words.notSent], conflict: ["bad", words.conflict], refused: ["bad", words.refused], sent: ["ok", words.sent] }[row.state];
  const title = row.state === "sent" && row.url ? make("a", { href: row.url, textContent: row.title }) : row.title;
  const line = make("li", { dataset: { state: row.state, id: row.id } },
    make("span", { className: `tag ${mark[0]}`, textContent: mark[1] }), title, row.about ? ` – ${row.about}` : "",
    make("span", { className: "small muted", textContent: ` ${time(config, row.at || row.finished)}` }));
  if (row.advice) line.append(make("p", { className: "small", textContent: row.advice }));
  if (row.state === "conflict" || row.state === "refused") {
    const open = make("button", { type: "button", className: "second", textContent: words.openAgain });
    open.addEventListener("click", async () => { await correct(row); location.assign(row.page); });
    const away = make("button", { type: "button", className: "link", textContent: words.throwAway });
    away.addEventListener("click", async () => { if (confirm(words.sureThrowAway)) { await drop(row.id); show(); } });
    const file = make("a", { href: URL.createObjectURL(new Blob([row.xml], { type: "text/xml" })), download: "answer.xml", textContent: words.saveFile });
    line.append(make("p", { className: "row" }, open, file, away));
  }
  return line;
}

// Draws the list into `place`; again after each change. Resolves to the number of answers that are not sent.
export async function showOutbox(config, place) {
  const show = () => showOutbox(config, place);
  const rows = await outboxOf(config.person);
  const open = rows.filter((row) => row.state !== "sent");
  const sent = rows.filter((row) => row.state === "sent").reverse();
  place.replaceChildren();
  place.dataset.open = open.length;
  if (open.length) {
    place.append(make("h2", { textContent: config.words.notSentCount.replace("{count}", open.length) }));
    place.append(make("ul", { className: "plain outbox" }, ...open.map((row) => item(config, row, show))));
    if (open.some((row) => row.signIn)) {
      place.append(make("p", { className: "notice warn" }, `${config.words.signInFirst} `, make("a", { href: config.signIn, textContent: config.words.signIn })));
    }
    const now = make("button", { type: "button", className: "second", textContent: config.words.sendNow });
    now.addEventListener("click", () => sendAll(config, show));
    place.append(make("p", {}, now, make("span", { className: "small muted", textContent: ` ${config.words.sendsItself}` })));
  }
  if (sent.length) {
    const list = make("ul", { className: "plain outbox" }, ...sent.slice(0, 20).map((row) => item(config, row, show)));
    place.append(make("details", { open: !open.length && config.isOutbox }, make("summary", { textContent: config.words.sentCount.replace("{count}", sent.length) }), list));
  }
  if (!rows.length && config.isOutbox) place.append(make("p", { className: "muted", textContent: config.words.nothingKept }));
  return open.length;
}
