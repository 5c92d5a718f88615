// What a waiting page does with a script: it listens instead of refreshing,
// counts down, and sends the form that needs no more thought.

/** Looks again a little later, when the stream cannot be had. */
const patience = 5000;

/** Shows this page anew, without the remark that stood above it. */
function look(): void {
  const here = new URL(location.href);
  here.searchParams.delete("said");
  location.replace(here);
}

function listen(address: string): void {
  const stream = new EventSource(address);
  // A form that is on its way moves the page by its answer. Looking again now
  // would break it off between the two things that the server does for it.
  let leaving = false;
  document.addEventListener("submit", () => {
    leaving = true;
    stream.close();
  });
  stream.addEventListener("moved", () => {
    stream.close();
    if (!leaving) {
      look();
    }
  });
  stream.addEventListener("error", () => {
    // A stream that broke comes back by itself; one that was refused does not.
    if (stream.readyState === EventSource.CLOSED) {
      setTimeout(() => {
        if (!leaving) {
          look();
        }
      }, patience);
    }
  });
}

/** Counts down by the time that passes here: the clocks need not agree. */
function countDown(time: HTMLTimeElement): void {
  const life = Number(time.dataset.life);
  const end = performance.now() + Number(time.dataset.left);
  const ring = time.parentElement?.querySelector<SVGElement>(".ring");
  ring?.removeAttribute("hidden");
  const show = (): void => {
    const left = Math.max(0, end - performance.now());
    const seconds = Math.ceil(left / 1000);
    time.textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    ring?.querySelector(".rest")?.setAttribute("stroke-dashoffset", String(100 - (100 * left) / life));
    if (left > 0) {
      setTimeout(show, left % 1000 || 1000);
    }
  };
  show();
}

document.documentElement.classList.add("scripted");
const live = document.body.dataset.live;
if (live !== undefined) {
  listen(live);
}
document.querySelectorAll<HTMLTimeElement>("time[data-left]").forEach(countDown);
document.querySelector<HTMLFormElement>("form[data-submit]")?.requestSubmit();
