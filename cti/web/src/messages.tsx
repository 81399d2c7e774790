// Messages to the desks: a supervisor writes one and sees who has read it; an agent reads it on his desk.
import { useState } from "preact/hooks";
import * as api from "./api.ts";
import { useModal } from "./dialog.tsx";
import { Icon } from "./icons.tsx";
import { DialogEnd, Foreign, Moment, ProblemLine, useRequest } from "./parts.tsx";
import type { DeskMessage, MessageView, Ui } from "./types.ts";
import { useWords } from "./words.ts";

export function Messages({ messages, ui }: { messages: MessageView[]; ui: Ui }) {
  const own = useWords().supervision;
  const [open, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="small" data-opens="message" onClick={() => setOpen(true)}>
        {own.message}
      </button>
      {open && <Write messages={messages} ui={ui} onDone={() => setOpen(false)} />}
    </>
  );
}

function Write({ messages, ui, onDone }: { messages: MessageView[]; ui: Ui; onDone(): void }) {
  const words = useWords();
  const own = words.supervision;
  const request = useRequest();
  const dialog = useModal();
  const [text, setText] = useState("");
  const [team, setTeam] = useState(ui.watched.everything ? "" : (ui.watched.teams[0] ?? ""));
  async function send(event: Event): Promise<void> {
    event.preventDefault();
    if (await request.run(() => api.sendMessage(text, team))) setText("");
  }
  return (
    <dialog ref={dialog} class="dialog" aria-labelledby="message-title" onClose={onDone}>
      <form onSubmit={send}>
        <h2 id="message-title">{own.messageTitle}</h2>
        <label>
          {own.messageTo}
          <select value={team} onChange={(event) => setTeam(event.currentTarget.value)}>
            {ui.watched.everything && <option value="">{own.everybody}</option>}
            {ui.watched.teams.map((one) => (
              <option value={one}>{one}</option>
            ))}
          </select>
        </label>
        <label>
          {own.messageText}
          <textarea required maxLength={500} rows={3} value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
        <DialogEnd request={request} does={own.send} blocked={text.trim() === ""} leave={words.close} onDone={onDone} />
      </form>
      {messages.length > 0 && (
        <section>
          <h3>{own.messagesSent}</h3>
          <ul class="sent">
            {[...messages].reverse().map((one) => (
              <li key={one.message}>
                <Foreign text={one.text} />
                <span class="under">
                  <Moment at={one.at} /> · <Foreign text={one.by} /> · {own.readBy(one.read.length, one.to.length)}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
    </dialog>
  );
}

/** On the desk: what is unread, until it is acknowledged. */
export function Unread({ messages }: { messages: DeskMessage[] }) {
  return (
    <div role="alert" class="unread">
      {messages.map((one) => (
        <UnreadOne key={one.message} message={one} />
      ))}
    </div>
  );
}

function UnreadOne({ message }: { message: DeskMessage }) {
  const own = useWords().supervision;
  const request = useRequest();
  return (
    <section class="unread-one" data-message={message.message}>
      <Icon name="warning" />
      <div>
        <p class="unread-text">
          <Foreign text={message.text} />
        </p>
        <p class="under">
          {own.messageFrom(message.by)} · <Moment at={message.at} />
        </p>
        <ProblemLine problem={request.problem} />
      </div>
      <button type="button" disabled={request.busy} onClick={() => request.run(() => api.readMessage(message.message))}>
        {own.gotIt}
      </button>
    </section>
  );
}
