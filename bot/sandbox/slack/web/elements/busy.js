// A control at work.

/** Show a control as busy while work goes on, and give what it leads to; another call meanwhile does nothing. */
export async function whileBusy(control, work) {
  if (control.getAttribute("aria-busy") === "true") return null;
  control.setAttribute("aria-busy", "true");
  try {
    return await work();
  } finally {
    control.removeAttribute("aria-busy");
  }
}
