;; Opens pages in Elpher and prints what its buffer shows: URL INPUT ..., INPUT being what is typed at a prompt.
;; A file is saved as INPUT.
(require 'elpher)

(while command-line-args-left
  (let* ((url (pop command-line-args-left))
         (input (pop command-line-args-left))
         (deadline (+ (float-time) 10)))
    (cl-letf (((symbol-function 'read-string) (lambda (&rest _) input))
              ((symbol-function 'read-file-name) (lambda (&rest _) input)))
      (elpher-go url)
      (while (and (< (float-time) deadline)
                  (with-current-buffer "*elpher*" (string-match-p "to abort" (buffer-string))))
        (accept-process-output nil 0.1)))
    (with-current-buffer "*elpher*" (princ (buffer-string)))))
