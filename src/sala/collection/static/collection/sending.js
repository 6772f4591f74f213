// Sends what stands in the outbox, one answer at a time: when the page opens, when the line comes back and every minute.
// The server knows an answer by its instanceID, so that sending it again, whole or in part, changes nothing.
import { keep, outboxOf } from "./keeping.js";

const AT_ONCE = 4_000_000; // bytes of files in one request; a cut line then costs no more than one of them
const EVERY = 60_000;

const token = (config) => /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie)?.[1] || config.csrf;

function part(files) {
  const taken = [];
  let size = 0;
  for (const file of files) {
    if (taken.length && size + file.blob.size > AT_ONCE) break;
    taken.push(file);
    size += file.blob.size;
  }
  return taken;
}

async function post(config, row, files) {
  const body = new FormData();
  body.append("xml_submission_file", new Blob([row.xml], { type: "text/xml" }), "submission.xml");
  for (const file of files) body.append("file", file.blob, file.name);
  for (const name of ["channel", "person", "expected", "handed_in_on", "given_by", "handed_how"]) if (row[name]) body.append(name, row[name]);
  const headers = { Accept: "application/json", "X-CSRFToken": token(config) };
  const answer = await fetch(row.post, { method: "POST", body, headers, credentials: "same-origin", redirect: "error" });
  const told = await answer.json().catch(() => null);
  return { status: answer.status, told };
}

// State of a row after an answer of the server: "sent", "conflict", "refused", or "waiting" with why.
async function send(config, row) {
  for (;;) {
    const left = row.files.filter((file) => !file.sent);
    const files = part(left);
    let status, told;
    try {
      ({ status, told } = await post(config, row, files));
    } catch {
      return { ...row, state: "waiting", advice: "" };
    }
    if (status < 300 && told?.answer) {
      row = { ...row, files: row.files.map((file) => (files.includes(file) ? { ...file, sent: true } : file)) };
      if (files.length < left.length) {
        await keep(row);
        continue;
      }
      return { ...row, state: "sent", url: told.url, at: Date.now(), xml: "", files: [], advice: "" };
    }
    if (status === 401 || !told?.detail) {
      // a stranger's page on the way, an ended session, or a server that is being restarted: it waits
      return { ...row, state: "waiting", advice: status === 401 ? told?.detail || "" : "", signIn: status === 401 || status === 403 };
    }
    if (status === 409) return { ...row, state: "conflict", advice: told.detail };
    if (status >= 500 || status === 429 || status === 408) return { ...row, state: "waiting", advice: told.detail };
    return { ...row, state: "refused", advice: told.detail };
  }
}

async function sendEach(config, changed) {
  for (const row of await outboxOf(config.person)) {
    if (row.state !== "waiting") continue;
    const after = await send(config, row);
    await keep(after);
    changed();
    if (after.state === "waiting") break; // the line is cut or the session has ended: the others would fare the same
  }
}

// One page of this browser sends at a time; the others wait, find nothing left to send, and show it.
let running;
export function sendAll(config, changed) {
  const work = () => sendEach(config, changed);
  running ??= (navigator.locks ? navigator.locks.request("sala-sending", work) : work()).then(() => changed()).finally(() => { running = null; });
  return running;
}

export function keepSending(config, changed) {
  const again = () => sendAll(config, changed);
  addEventListener("online", again);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) again(); });
  setInterval(again, EVERY);
  return again();
}
