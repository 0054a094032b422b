using System.Globalization;

namespace CallCenter.Domain.Queues;

/// <summary>What waiting callers are told of their place and wait, in the languages that have such sentences.</summary>
public static class QueueSentences
{
    private static readonly Dictionary<string, Sentences> ByLanguage = new(StringComparer.Ordinal)
    {
        ["en"] = new("You are number {0} in the queue.", "The estimated wait is less than one minute.", "The estimated wait is about {0} minutes."),
        ["de"] = new("Sie sind Nummer {0} in der Warteschlange.", "Die Wartezeit beträgt weniger als eine Minute.", "Die Wartezeit beträgt etwa {0} Minuten."),
        ["es"] = new("Usted es el número {0} en la cola.", "La espera es de menos de un minuto.", "La espera es de unos {0} minutos."),
        ["fr"] = new("Vous êtes numéro {0} dans la file d'attente.", "L'attente est de moins d'une minute.", "L'attente est d'environ {0} minutes."),
        ["it"] = new("Lei è il numero {0} in coda.", "L'attesa è di meno di un minuto.", "L'attesa è di circa {0} minuti."),
        ["nl"] = new("U bent nummer {0} in de wachtrij.", "De wachttijd is minder dan een minuut.", "De wachttijd is ongeveer {0} minuten."),
        ["pt"] = new("Você é o número {0} na fila.", "A espera é de menos de um minuto.", "A espera é de cerca de {0} minutos."),
    };

    public static IReadOnlyCollection<string> Languages => ByLanguage.Keys;

    /// <param name="language">As of <see cref="QueueSettings.Language"/>; what follows a hyphen makes another voice, not another sentence.</param>
    public static bool Has(string language) => ByLanguage.ContainsKey(Base(language));

    /// <param name="language">One that has sentences.</param>
    /// <param name="position">1 is the next to be served.</param>
    public static string Position(string language, int position) => string.Format(CultureInfo.InvariantCulture, ByLanguage[Base(language)].Position, position);

    /// <summary>In whole minutes, rounded up: an estimate that is exact to the second would not be believed twice.</summary>
    /// <param name="language">One that has sentences.</param>
    /// <param name="wait">In seconds.</param>
    public static string EstimatedWait(string language, double wait) =>
        wait <= 60 ? ByLanguage[Base(language)].UnderAMinute : string.Format(CultureInfo.InvariantCulture, ByLanguage[Base(language)].Minutes, (int)Math.Ceiling(wait / 60));

    internal static string Base(string language) => language.Split('-')[0];

    private sealed record Sentences(string Position, string UnderAMinute, string Minutes);
}
