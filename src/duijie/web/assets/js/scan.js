// The decoder for browsers without one of their own; fetched by the check-in page when the camera is opened.
import jsQR from "jsqr";

/** @param {ImageData} picture @returns {string} what the QR code in it says, or nothing */
window.readCode = (picture) => jsQR(picture.data, picture.width, picture.height, { inversionAttempts: "dontInvert" })?.data ?? "";
