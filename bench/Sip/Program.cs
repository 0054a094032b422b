using CallCenter.Sip.Bench;

// The SIP room alone. Arguments: parse | answer [RATE...] | memory; "serve" is what the latter two start.
switch (args)
{
    case ["parse"]:
        ParseBench.Run();
        return 0;
    default:
        Console.Error.WriteLine("usage: parse");
        return 2;
}
