// Files come by drag and drop onto a pane, and by paste from the clipboard.

export function watchFiles(trayOf) {
  const panes = [...document.querySelectorAll("#channel, #thread")];
  const mark = (pane) => panes.forEach((other) => other.toggleAttribute("data-drop", other === pane));
  const paneOf = (event) => panes.find((pane) => pane.contains(event.target));

  document.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    const pane = paneOf(event);
    event.dataTransfer.dropEffect = pane ? "copy" : "none";
    mark(pane);
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) mark(null);
  });
  document.addEventListener("drop", (event) => {
    if (!event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    const pane = paneOf(event);
    mark(null);
    if (pane) trayOf(pane).add([...event.dataTransfer.files]);
  });
  // A copied table brings a picture of itself: where there is text, that is meant.
  document.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    if (!files.length || event.clipboardData.types.includes("text/plain")) return;
    const field = event.target.closest("input, textarea");
    if (field && !field.closest(".composer")) return;
    event.preventDefault();
    trayOf(paneOf(event)).add(files);
  });
}
