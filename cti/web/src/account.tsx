// One's own account, from the top bar of every page: another password, and an authenticator app.
import { useState } from "preact/hooks";
import { Dialog } from "./dialog.tsx";
import { Codes, Enrol } from "./login.tsx";
import { ProblemLine, useRequest } from "./parts.tsx";
import * as people from "./people.ts";
import { usePeople, type Enrolment } from "./people.ts";
import type { Me } from "./types.ts";

const SHORTEST_PASSWORD = 8;

type Step = { kind: "choice" } | { kind: "changed" } | { kind: "enrol"; password: string; enrolment: Enrolment } | { kind: "codes"; codes: string[] };

interface AccountProps {
  me: Me;
  /** Runs a request that ends the sessions of this user, this page's connection among them, and goes on with the new one. */
  renew<T>(request: () => Promise<T>): Promise<T>;
  onDone(): void;
}

export function Account({ me, renew, onDone }: AccountProps) {
  const text = usePeople();
  const [step, setStep] = useState<Step>({ kind: "choice" });
  return (
    <Dialog title={step.kind === "enrol" ? text.enrol : step.kind === "codes" ? text.enrolled : `${text.account}: ${me.name}`} onClose={onDone}>
      <div class="account">
        {step.kind === "choice" ? (
          <>
            <OwnPassword renew={renew} onChanged={() => setStep({ kind: "changed" })} />
            <hr />
            {me.agent && (
              <>
                <OwnPin />
                <hr />
              </>
            )}
            <Begin name={me.name} onBegun={(password, enrolment) => setStep({ kind: "enrol", password, enrolment })} />
          </>
        ) : step.kind === "enrol" ? (
          <Confirm name={me.name} password={step.password} enrolment={step.enrolment} renew={renew} onDone={(codes) => setStep({ kind: "codes", codes })} />
        ) : step.kind === "codes" ? (
          <Codes codes={step.codes} />
        ) : (
          <p role="status">{text.passwordChanged}</p>
        )}
        <div class="dialog-end">
          <button type="button" onClick={onDone}>
            {step.kind === "codes" ? text.goOn : text.close}
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function OwnPassword({ renew, onChanged }: { renew: AccountProps["renew"]; onChanged(): void }) {
  const text = usePeople();
  const request = useRequest();
  const [old, setOld] = useState("");
  const [fresh, setFresh] = useState("");
  const [again, setAgain] = useState("");
  const differs = again !== "" && again !== fresh;
  async function change(event: Event): Promise<void> {
    event.preventDefault();
    if (await request.run(() => renew(() => people.changePassword(old, fresh)))) onChanged();
  }
  return (
    <form onSubmit={(event) => void change(event)}>
      <Password label={text.oldPassword} name="old" kind="current-password" value={old} onInput={setOld} />
      <Password label={text.newPassword} name="new" kind="new-password" shortest={SHORTEST_PASSWORD} value={fresh} onInput={setFresh} />
      <Password label={text.passwordAgain} name="again" kind="new-password" value={again} onInput={setAgain} />
      {differs && (
        <p class="hint" role="status">
          {text.passwordsDiffer}
        </p>
      )}
      <ProblemLine problem={request.problem} />
      <button type="submit" class="primary" disabled={request.busy || again !== fresh}>
        {text.changePassword}
      </button>
    </form>
  );
}

function OwnPin() {
  const text = usePeople();
  const request = useRequest();
  const [password, setPassword] = useState("");
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const [isSet, setIsSet] = useState(false);
  async function set(event: Event): Promise<void> {
    event.preventDefault();
    setIsSet(await request.run(() => people.setPin(password, pin)));
  }
  return (
    <form onSubmit={(event) => void set(event)}>
      <p class="soft">{text.pinHint}</p>
      <Password label={text.oldPassword} name="pin-password" kind="current-password" value={password} onInput={setPassword} />
      <Pin label={text.pin} name="pin" value={pin} onInput={setPin} />
      <Pin label={text.pinAgain} name="pin-again" value={again} onInput={setAgain} />
      <ProblemLine problem={request.problem} />
      {isSet && <p role="status">{text.pinSet}</p>}
      <button type="submit" disabled={request.busy || again !== pin}>
        {text.setPin}
      </button>
    </form>
  );
}

function Pin({ label, name, value, onInput }: { label: string; name: string; value: string; onInput(value: string): void }) {
  return (
    <label>
      {label}
      <input
        type="password"
        name={name}
        autocomplete="off"
        inputMode="numeric"
        pattern="[0-9]{4,10}"
        required
        maxLength={10}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}

function Begin({ name, onBegun }: { name: string; onBegun(password: string, enrolment: Enrolment): void }) {
  const text = usePeople();
  const request = useRequest();
  const [password, setPassword] = useState("");
  async function begin(event: Event): Promise<void> {
    event.preventDefault();
    await request.run(async () => onBegun(password, await people.beginFactor(name, password)));
  }
  return (
    <form onSubmit={(event) => void begin(event)}>
      <p class="soft">{text.factorHint}</p>
      <Password label={text.oldPassword} name="password" kind="current-password" value={password} onInput={setPassword} />
      <ProblemLine problem={request.problem} />
      <button type="submit" disabled={request.busy}>
        {text.enrol}
      </button>
    </form>
  );
}

interface ConfirmProps {
  name: string;
  password: string;
  enrolment: Enrolment;
  renew: AccountProps["renew"];
  onDone(codes: string[]): void;
}

function Confirm({ name, password, enrolment, renew, onDone }: ConfirmProps) {
  const text = usePeople();
  const request = useRequest();
  const [code, setCode] = useState("");
  async function confirm(event: Event): Promise<void> {
    event.preventDefault();
    await request.run(async () => {
      const done = await renew(() => people.confirmFactor(name, password, enrolment.secret, code.replace(/\s/g, "")));
      onDone(done.recovery_codes);
    });
  }
  return (
    <form class="enrol" onSubmit={(event) => void confirm(event)}>
      <Enrol enrolment={enrolment} />
      <label>
        {text.code}
        <input
          ref={(input) => input?.focus()}
          name="code"
          autocomplete="one-time-code"
          inputMode="numeric"
          required
          minLength={6}
          maxLength={10}
          value={code}
          onInput={(event) => setCode(event.currentTarget.value)}
        />
      </label>
      <ProblemLine problem={request.problem} />
      <button type="submit" class="primary" disabled={request.busy}>
        {text.confirm}
      </button>
    </form>
  );
}

interface PasswordProps {
  label: string;
  name: string;
  kind: "current-password" | "new-password";
  shortest?: number;
  value: string;
  onInput(value: string): void;
}

function Password({ label, name, kind, shortest, value, onInput }: PasswordProps) {
  return (
    <label>
      {label}
      <input
        name={name}
        type="password"
        autocomplete={kind}
        required
        minLength={shortest}
        maxLength={256}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </label>
  );
}
