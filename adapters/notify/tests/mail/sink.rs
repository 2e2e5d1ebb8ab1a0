//! A mail server for tests: takes mail, or has bad manners.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// How the server behaves.
#[derive(Clone, Copy)]
pub(crate) enum Manners {
    /// It takes every mail.
    Good,
    /// It greets with something of its own.
    Greets(&'static str),
    /// It answers so to whom a mail is for.
    Says(&'static str),
    /// It accepts connections and says nothing.
    Mute,
}

/// A mail that was taken.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    pub(crate) text: String,
}

/// The server.
pub(crate) struct Sink {
    pub(crate) at: SocketAddr,
    mails: mpsc::Receiver<Taken>,
    serving: JoinHandle<()>,
}

impl Sink {
    pub(crate) async fn start(manners: Manners) -> Sink {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let (taken, mails) = mpsc::channel(16);
        let serving = tokio::spawn(async move {
            let mut mute = Vec::new();
            while let Ok((stream, _)) = listener.accept().await {
                if matches!(manners, Manners::Mute) {
                    mute.push(stream);
                    continue;
                }
                // a peer that hangs up ends its own connection only
                let _ended = serve(stream, manners, &taken).await;
            }
        });
        Sink { at, mails, serving }
    }

    /// The next mail.
    pub(crate) async fn taken(&mut self) -> Taken {
        self.mails.recv().await.unwrap()
    }

    pub(crate) fn is_empty(&mut self) -> bool {
        self.mails.try_recv().is_err()
    }

    /// Stops listening.
    pub(crate) async fn close(self) {
        self.serving.abort();
        let _aborted = self.serving.await;
    }
}

async fn serve(
    stream: TcpStream,
    manners: Manners,
    taken: &mpsc::Sender<Taken>,
) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let greeting = match manners {
        Manners::Greets(words) => words,
        Manners::Good | Manners::Says(_) | Manners::Mute => "220 sink ESMTP",
    };
    say(&mut stream, greeting).await?;
    let mut mail = Taken::default();
    loop {
        let line = line(&mut stream).await?;
        let answer = match line.split([' ', ':']).next().unwrap_or_default() {
            "" => return Ok(()),
            "EHLO" | "HELO" => "250-sink\r\n250 8BITMIME",
            "MAIL" => {
                mail.from = line.split(" BODY").next().unwrap_or_default().to_owned();
                "250 fine"
            }
            "RCPT" => match manners {
                Manners::Says(words) => words,
                Manners::Good | Manners::Greets(_) | Manners::Mute => {
                    mail.to.push(line);
                    "250 fine"
                }
            },
            "DATA" => {
                say(&mut stream, "354 go on").await?;
                mail.text = text(&mut stream).await?;
                taken.send(std::mem::take(&mut mail)).await.unwrap();
                "250 taken"
            }
            "QUIT" => {
                say(&mut stream, "221 bye").await?;
                return Ok(());
            }
            _ => "502 what",
        };
        say(&mut stream, answer).await?;
    }
}

async fn say(stream: &mut BufReader<TcpStream>, words: &str) -> std::io::Result<()> {
    stream.write_all(format!("{words}\r\n").as_bytes()).await
}

async fn line(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line).await?;
    Ok(line.trim_end().to_owned())
}

/// The text of a mail, up to the dot.
async fn text(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut text = String::from("\r\n");
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await?;
        if line.is_empty() || line == ".\r\n" {
            return Ok(text);
        }
        text.push_str(&line);
    }
}
