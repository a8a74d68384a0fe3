using System.Text;
using HybridAD.Formats.FpCore;

namespace HybridAD.FormatTests.FpCoreFormat;

/// <summary>Damaged files give an error with a code or cores that can be run, never anything else, and never for ever.</summary>
public class MutationTests
{
    private const string Text = """
        ; a comment
        (FPCore one (x (! :precision binary32 y*))
          :name "first" :precision binary64 :example ([x 1/3])
          :pre (and (<= 0.1 x PI) (let ([a 2]) (> (* a x) y*)) (or (< x y*) (!= x 1)))
          (let* ([t (+ x 0x1.8p-1)] [u (! :precision binary32 (* y* (digits 3 -1 10)))])
            (if (and (< t u 4) (not (== x 2))) (sqrt (fabs (- t u))) (pow t 3))))
        [FPCore (n)
          (while (< i 7) ([s 0 (+ s (while* (< j 3) ([p n (* p n)] [j 0 (+ j 1)]) p))] [i 0 (+ i 1)])
            (array s (fma s n 1) (copysign s n)))]
        """;

    [Fact]
    public void EveryTruncationIsNoticedOrEndsBetweenCores()
    {
        for (var length = 0; length < Text.Length; length++)
            TryRun(Encoding.UTF8.GetBytes(Text[..length]));
    }

    [Fact]
    public void RandomChangesNeverCrash()
    {
        var random = new Random(20261126);
        var data = Encoding.UTF8.GetBytes(Text);
        const string Alphabet = "()[]\";:!-+*/.<>=01289xeipPIEtand \n";
        for (var trial = 0; trial < 3000; trial++)
        {
            var damaged = data.ToArray();
            for (var k = random.Next(1, 5); k > 0; k--)
                damaged[random.Next(damaged.Length)] = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)Alphabet[random.Next(Alphabet.Length)];
            TryRun(damaged);
        }
    }

    [Fact]
    public void MovedWordsNeverCrash()
    {
        var random = new Random(3);
        var words = Text.Replace("(", " ( ").Replace(")", " ) ").Replace("[", " [ ").Replace("]", " ] ").Split(' ', StringSplitOptions.RemoveEmptyEntries);
        for (var trial = 0; trial < 3000; trial++)
        {
            var moved = words.ToArray();
            for (var k = random.Next(1, 4); k > 0; k--)
                moved[random.Next(moved.Length)] = words[random.Next(words.Length)];
            TryRun(Encoding.UTF8.GetBytes(string.Join(' ', moved)));
        }
    }

    private static void TryRun(byte[] data)
    {
        try
        {
            foreach (var core in FpCoreReader.Read(data, "in").Cores)
                Try(core);
        }
        catch (FpCoreException)
        {
        }
    }

    private static void Try(FpCore core)
    {
        try
        {
            var options = new FpTraceOptions { MaxOperations = 20_000 };
            _ = core.Properties.Count;
            if (core.Domain.Bounds.Count > 0)
                core.SamplePoints(3, seed: 1);
            core.TraceAt([.. core.Point], options);
            core.Trace(options);
        }
        catch (FpCoreException)
        {
        }
    }
}
