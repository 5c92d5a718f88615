// Copies a code to type, and says that it did.

document.querySelectorAll<HTMLButtonElement>("button[data-copy]").forEach((button) => {
  button.addEventListener("click", () => {
    const source = document.getElementById(button.dataset.copy ?? "");
    if (source === null) {
      return;
    }
    void navigator.clipboard.writeText(source.textContent ?? "").then(() => {
      button.textContent = button.dataset.copied ?? "";
    });
  });
});
