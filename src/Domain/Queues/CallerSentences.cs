using System.Globalization;

namespace CallCenter.Domain.Queues;

/// <summary>What callers are told who leave a message, keep their place for a callback, or are called back, in the languages of <see cref="QueueSentences"/>.</summary>
/// <param name="PlaceKept">Who asked for a callback may hang up.</param>
/// <param name="CalledBack">Asks who answers a callback for a key; with the queue's name.</param>
/// <param name="Greeting">Of a mailbox without one of its own.</param>
/// <param name="Goodbye">Nothing was left.</param>
/// <param name="NotRecorded">The message was lost for a fault of ours.</param>
/// <param name="Thanks">The message was left.</param>
public sealed record CallerSentences(string PlaceKept, string CalledBack, string Greeting, string Goodbye, string NotRecorded, string Thanks)
{
    private static readonly CallerSentences English = new(
        "You keep your place in the queue, and we will call you back. Goodbye.",
        "This is {0}. You asked to be called back. Press one to be connected now, or three if you do not want to be called any more.",
        "Nobody can take your call now. Please leave a message after the tone, and press the hash key when you are done.",
        "Goodbye.",
        "Your message could not be recorded. Please call again later.",
        "Thank you. Goodbye.");

    private static readonly Dictionary<string, CallerSentences> ByLanguage = new(StringComparer.Ordinal)
    {
        ["en"] = English,
        ["de"] = new(
            "Sie behalten Ihren Platz in der Warteschlange, und wir rufen Sie zurück. Auf Wiederhören.",
            "Hier ist {0}. Sie haben um einen Rückruf gebeten. Drücken Sie die Eins, um jetzt verbunden zu werden, oder die Drei, wenn Sie nicht mehr angerufen werden möchten.",
            "Im Moment kann niemand Ihren Anruf annehmen. Bitte hinterlassen Sie nach dem Ton eine Nachricht, und drücken Sie am Ende die Rautetaste.",
            "Auf Wiederhören.",
            "Ihre Nachricht konnte nicht aufgezeichnet werden. Bitte rufen Sie später noch einmal an.",
            "Vielen Dank. Auf Wiederhören."),
        ["es"] = new(
            "Usted conserva su lugar en la cola, y le devolveremos la llamada. Adiós.",
            "Le llamamos de {0}. Usted pidió que le llamáramos. Pulse uno para hablar ahora con nosotros, o tres si no desea que le llamemos más.",
            "En este momento nadie puede atender su llamada. Deje un mensaje después de la señal y, al terminar, pulse la tecla almohadilla.",
            "Adiós.",
            "No se ha podido grabar su mensaje. Por favor, llame más tarde.",
            "Gracias. Adiós."),
        ["fr"] = new(
            "Vous gardez votre place dans la file d'attente, et nous vous rappellerons. Au revoir.",
            "Ici {0}. Vous avez demandé à être rappelé. Appuyez sur un pour être mis en relation maintenant, ou sur trois si vous ne souhaitez plus être rappelé.",
            "Personne ne peut prendre votre appel pour le moment. Laissez un message après le signal sonore, puis appuyez sur la touche dièse.",
            "Au revoir.",
            "Votre message n'a pas pu être enregistré. Veuillez rappeler plus tard.",
            "Merci. Au revoir."),
        ["it"] = new(
            "Lei mantiene il suo posto in coda, e la richiameremo. Arrivederci.",
            "Qui {0}. Lei ha chiesto di essere richiamato. Prema uno per parlare adesso con noi, o tre se non desidera più essere richiamato.",
            "In questo momento nessuno può rispondere. Lasci un messaggio dopo il segnale acustico e, alla fine, prema il tasto cancelletto.",
            "Arrivederci.",
            "Non è stato possibile registrare il suo messaggio. Per favore, richiami più tardi.",
            "Grazie. Arrivederci."),
        ["nl"] = new(
            "U behoudt uw plaats in de wachtrij, en wij bellen u terug. Tot ziens.",
            "Dit is {0}. U hebt gevraagd om teruggebeld te worden. Druk op één om nu verbonden te worden, of op drie als u niet meer gebeld wilt worden.",
            "Op dit moment kan niemand uw gesprek aannemen. Spreek na de toon een bericht in, en druk op het hekje als u klaar bent.",
            "Tot ziens.",
            "Uw bericht kon niet worden opgenomen. Belt u alstublieft later terug.",
            "Dank u wel. Tot ziens."),
        ["pt"] = new(
            "Você mantém o seu lugar na fila, e nós ligaremos de volta. Até logo.",
            "Aqui é {0}. Você pediu que ligássemos de volta. Pressione um para falar conosco agora, ou três se não quiser mais receber esta ligação.",
            "Ninguém pode atender a sua ligação agora. Deixe uma mensagem após o sinal e, ao terminar, pressione a tecla sustenido.",
            "Até logo.",
            "Não foi possível gravar a sua mensagem. Por favor, ligue mais tarde.",
            "Obrigado. Até logo."),
    };

    /// <param name="language">What follows a hyphen makes another voice, not another sentence; of a language that has no sentences the English ones.</param>
    public static CallerSentences Of(string language) => ByLanguage.GetValueOrDefault(QueueSentences.Base(language), English);

    /// <param name="queue">Its name.</param>
    public string CalledBackBy(string queue) => string.Format(CultureInfo.InvariantCulture, CalledBack, queue);
}
