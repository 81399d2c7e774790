// Signing in: name and password, then a code where there is a second factor; setting one up where there must be one.
import { useState } from "preact/hooks";
import { Problem } from "./api.ts";
import { LanguageSwitch, ProblemLine, useRequest } from "./parts.tsx";
import * as people from "./people.ts";
import { usePeople, type Enrolment } from "./people.ts";
import type { Me } from "./types.ts";
import { useWords } from "./words.ts";

type Step = { kind: "password" } | { kind: "code" } | { kind: "enrol"; enrolment: Enrolment } | { kind: "codes"; me: Me; codes: string[] };

/** `notice`: why nobody is signed in, if there is something to say. */
export function Login({ onSignedIn, notice }: { onSignedIn(me: Me): void; notice: Problem | null }) {
  const words = useWords();
  const text = usePeople();
  const request = useRequest();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [step, setStep] = useState<Step>({ kind: "password" });

  /** What is missing is asked for; anything else is told. */
  async function signIn(): Promise<void> {
    try {
      onSignedIn(await people.login(name, password, code));
    } catch (failure) {
      const missing = failure instanceof Problem && step.kind === "password" ? failure.code : "";
      if (missing === "code_needed") setStep({ kind: "code" });
      else if (missing === "second_factor_needed") setStep({ kind: "enrol", enrolment: await people.beginFactor(name, password) });
      else throw failure;
    }
  }
  async function enrol(enrolment: Enrolment): Promise<void> {
    const { me, recovery_codes } = await people.confirmFactor(name, password, enrolment.secret, code.replace(/\s/g, ""));
    setStep({ kind: "codes", me, codes: recovery_codes });
  }
  function submit(event: Event): void {
    event.preventDefault();
    if (step.kind === "codes") onSignedIn(step.me);
    else void request.run(() => (step.kind === "enrol" ? enrol(step.enrolment) : signIn()));
  }
  function back(): void {
    request.forget();
    setCode("");
    setStep({ kind: "password" });
  }

  return (
    <main class="login">
      <form class="login-card" onSubmit={submit}>
        {step.kind !== "enrol" && <img class="login-mark" src="/assets/icon.svg" alt="" width={44} height={44} />}
        <h1>{step.kind === "enrol" ? text.enrol : step.kind === "codes" ? text.enrolled : words.title}</h1>
        {step.kind === "password" && <p class="soft">{words.signInHint}</p>}
        {step.kind === "password" && (
          <>
            <label>
              {words.name}
              <input name="name" autocomplete="username" required maxLength={64} value={name} autofocus onInput={(event) => setName(event.currentTarget.value)} />
            </label>
            <label>
              {words.password}
              <input
                name="password"
                type="password"
                autocomplete="current-password"
                required
                maxLength={256}
                value={password}
                onInput={(event) => setPassword(event.currentTarget.value)}
              />
            </label>
          </>
        )}
        {step.kind === "enrol" && <Enrol enrolment={step.enrolment} />}
        {(step.kind === "code" || step.kind === "enrol") && (
          <label>
            {text.code}
            <input
              ref={(input) => input?.focus()}
              name="code"
              autocomplete="one-time-code"
              inputMode={step.kind === "enrol" ? "numeric" : "text"}
              required
              maxLength={40}
              value={code}
              onInput={(event) => setCode(event.currentTarget.value)}
            />
          </label>
        )}
        {step.kind === "code" && <p class="soft">{text.codeHint}</p>}
        {step.kind === "codes" && <Codes codes={step.codes} />}
        <ProblemLine problem={request.problem ?? notice} />
        <button type="submit" class="primary wide" disabled={request.busy}>
          {step.kind === "codes" ? text.goOn : words.signIn}
        </button>
        {(step.kind === "code" || step.kind === "enrol") && (
          <button type="button" class="quiet wide" onClick={back}>
            {text.back}
          </button>
        )}
      </form>
      <LanguageSwitch />
    </main>
  );
}

export function Enrol({ enrolment }: { enrolment: Enrolment }) {
  const text = usePeople();
  const { size, path } = enrolment.picture;
  return (
    <>
      <p class="soft">{text.enrolHint}</p>
      <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={text.enrol} shape-rendering="crispEdges">
        <rect width={size} height={size} fill="#fff" />
        <path d={path} fill="#000" />
      </svg>
      <p class="soft">{text.enrolByHand}</p>
      <code class="secret">{enrolment.secret.match(/.{4}/g)?.join(" ")}</code>
    </>
  );
}

export function Codes({ codes }: { codes: string[] }) {
  const text = usePeople();
  return (
    <>
      <p class="soft">{text.enrolledHint}</p>
      <ul class="recovery">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
    </>
  );
}
