namespace HybridAD.Cli;

/// <summary>What the tool sees of the world around it; tests put their own in its place.</summary>
internal sealed class Shell
{
    private readonly Lazy<Stream> _output;
    private readonly Lazy<TextWriter> _error;
    private readonly Func<Stream> _input;

    public Shell(Func<Stream> input, Func<Stream> output, Func<TextWriter> error)
    {
        _input = input;
        _output = new Lazy<Stream>(output);
        _error = new Lazy<TextWriter>(error);
    }

    /// <summary>Where results go.</summary>
    public Stream Output => _output.Value;

    /// <summary>Where messages go; <see cref="Say"/> writes them.</summary>
    public TextWriter Error => _error.Value;

    /// <summary>Whether a person reads the results.</summary>
    public bool OutputIsTerminal { get; init; }

    /// <summary>Whether a person reads the messages.</summary>
    public bool ErrorIsTerminal { get; init; }

    /// <summary>Whether colours are welcome: on a terminal, unless NO_COLOR is set to anything (no-color.org).</summary>
    public bool UseColor { get; init; }

    /// <summary>Whether progress is shown even if nobody seems to watch.</summary>
    public bool ForceProgress { get; set; }

    /// <summary>Writes a message. Where it cannot be written there is nobody to be told so, and what the command itself has come to stands.</summary>
    public void Say(string text, bool endsLine = true)
    {
        try
        {
            if (endsLine)
                Error.WriteLine(text);
            else
                Error.Write(text);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    public Stream OpenInput() => _input();

    public static Shell OfProcess()
    {
        var terminal = !Console.IsOutputRedirected;
        return new Shell(Console.OpenStandardInput, Console.OpenStandardOutput, () => Console.Error)
        {
            OutputIsTerminal = terminal,
            ErrorIsTerminal = !Console.IsErrorRedirected,
            UseColor = terminal && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") != "dumb",
        };
    }
}
