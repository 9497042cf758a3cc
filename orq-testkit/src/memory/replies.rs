//! The ways to give a reply, alike for the queue and for a rule.

/// The methods of a type with `script(self, Answer, &'static Location)`, which return this transport.
macro_rules! replies {
    ([$($imp:tt)+] $this:ident: $receiver:ty => $memory:ty) => {
        $($imp)+ {
            /// Answers with `reply`.
            #[track_caller]
            pub fn reply($this: $receiver, reply: impl Into<Reply>) -> $memory {
                $this.script(reply.into().into(), Location::caller())
            }

            /// Answers with the reply that `reply` computes from the request.
            ///
            /// ```
            /// use orq_core::DeploymentRequest;
            /// use orq_testkit::{MemoryTransport, fixture};
            ///
            /// # futures::executor::block_on(async {
            /// let memory = MemoryTransport::new();
            /// memory.on("greeter").any_times().reply_with(|request| {
            ///     let name = &request.json()["inputs"]["firstname"];
            ///     fixture::completion(&format!("Hello {}", name.as_str().unwrap_or("you")))
            /// });
            ///
            /// let request = DeploymentRequest::new("greeter").input("firstname", "Jane");
            /// let answer = memory.client().deployments().invoke(&request).await?;
            /// assert_eq!(answer.text().as_deref(), Some("Hello Jane"));
            /// # Ok::<(), orq_core::Error>(())
            /// # }).unwrap();
            /// ```
            #[track_caller]
            pub fn reply_with<R: Into<Reply>>(
                $this: $receiver,
                reply: impl Fn(&RecordedRequest) -> R + Send + Sync + 'static,
            ) -> $memory {
                $this.script(Answer::computed(reply), Location::caller())
            }

            /// Answers with a 200 and `value` as JSON: [`Reply::json`].
            ///
            /// # Panics
            ///
            /// If `value` can't be written as JSON.
            #[track_caller]
            pub fn reply_json($this: $receiver, value: impl Serialize) -> $memory {
                $this.reply(Reply::json(value))
            }

            /// Answers with a 200 and this text as JSON, unchecked: [`Reply::json_text`].
            #[track_caller]
            pub fn reply_json_text($this: $receiver, text: impl Into<Bytes>) -> $memory {
                $this.reply(Reply::json_text(text))
            }

            /// Answers with a 200 and an event stream, one event for each item: [`Reply::sse`].
            ///
            /// An item is an event's data. The end mark is an item too: `["{…}", "[DONE]"]`.
            #[track_caller]
            pub fn reply_sse<I>($this: $receiver, events: I) -> $memory
            where
                I: IntoIterator,
                I::Item: AsRef<str>,
            {
                $this.reply(Reply::sse(events))
            }

            /// Answers with this status and body: [`Reply::status`].
            ///
            /// # Panics
            ///
            /// If `status` isn't between 100 and 999.
            #[track_caller]
            pub fn reply_status($this: $receiver, status: u16, body: impl Into<Bytes>) -> $memory {
                $this.reply(Reply::status(status, body))
            }

            /// Fails with `error` instead of a response. This works in memory only: [`Reply::failed`].
            #[track_caller]
            pub fn fail($this: $receiver, error: TransportError) -> $memory {
                $this.reply(Reply::failed(error))
            }

            /// Never answers: [`Reply::never`].
            #[track_caller]
            pub fn no_answer($this: $receiver) -> $memory {
                $this.reply(Reply::never())
            }
        }
    };
}
pub(super) use replies;
