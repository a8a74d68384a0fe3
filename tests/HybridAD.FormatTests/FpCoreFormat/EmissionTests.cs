using HybridAD.Formats.FpCore;
using HybridAD.Formats.Source;
using HybridAD.Graph;
using HybridAD.Rounding;
using Xunit.Abstractions;

namespace HybridAD.FormatTests.FpCoreFormat;

/// <summary>Emitted source is what a person would write, and computes bit for bit what the trace does.</summary>
public class EmissionTests(ITestOutputHelper output)
{
    private const int Programs = 150;

    private const string Loop = """
        (FPCore (a b)
          :name "mean of squares"
          (let ([n 8])
            (while (< i n)
              ([x a (+ x (/ (- b a) n))]
               [s 0 (+ s (* x x))]
               [i 0 (+ i 1)])
              (if (< s 0.1) (/ s 2) (let ([t (sqrt s)]) (* t (+ t 1)))))))
        """;

    [Fact]
    public void CLooksAsAPersonWouldWriteIt()
    {
        var core = SupportedCore.Of(Loop);
        var formats = core.TraceAt([0, 1]).Variables.Select(name => name is "x" or "t" ? NumberFormat.Binary32 : NumberFormat.Binary64).ToArray();
        Assert.Equal("""
            /* mean of squares, computed in mixed precision: x, t in binary32.
               Compile without contraction: gcc -O2 -ffp-contract=off, link with -lm. */
            #include <math.h>

            double mean_of_squares(double a, double b)
            {
                double n = 8.0;
                float x = (float)a;
                double s = 0.0;
                double i = 0.0;
                while (i < n)
                {
                    float x_next = (float)(x + (b - a) / n);
                    s = s + (double)x * x;
                    i = i + 1.0;
                    x = x_next;
                }
                if (s < 0.1)
                {
                    return s / 2.0;
                }
                else
                {
                    float t = (float)sqrt(s);
                    return t * (t + 1.0);
                }
            }

            """, core.ToSource(SourceLanguage.C, formats));
    }

    [Fact]
    public void CSharpLooksAsAPersonWouldWriteIt() => Assert.Equal("""
        // split, computed in binary32, as written.
        using System;

        public static class Emitted
        {
            public static double[] split(float x, float double_2)
            {
                float t_ = x * double_2 + 0.1f;
                return new double[] { t_, (float)Math.Sin(t_), MathF.Sqrt(t_) };
            }
        }

        """, SupportedCore.Of("(FPCore split (x double) :precision binary32 (let ([t* (+ (* x double) 0.1)]) (array t* (sin t*) (sqrt t*))))").ToSource(SourceLanguage.CSharp));

    [Fact]
    public void CSharpComputesWhatTheProgramComputes()
    {
        var cases = Cases(SourceLanguage.CSharp);
        var results = CompiledSource.RunCSharp([.. cases.Select(item => (item.Source, "f", item.Points))]);
        AssertEqual(cases, results);
    }

    [Fact]
    public void CComputesWhatTheProgramComputes()
    {
        if (!CompiledSource.HasC)
        {
            output.WriteLine("There is no gcc here.");
            return;
        }
        var cases = Cases(SourceLanguage.C);
        AssertEqual(cases, CompiledSource.RunC([.. cases.Select(item => (item.Source, "f", item.Points, item.Results))]));
    }

    [Fact]
    public void AStraightTraceIsAStatementPerOperation()
    {
        var trace = SupportedCore.Of("(FPCore (x y) (if (< x y) (! :precision binary32 (+ x 0.1)) (- (sin x))))").TraceAt([1, 2]).Trace;
        Assert.Equal("""
            using System;

            public static class Emitted
            {
                public static double[] f(double x, double y)
                {
                    double v2 = x < y ? 1.0 : 0.0;
                    double v4 = x + 0.10000000149011612;
                    float v5 = (float)v4;
                    bool otherBranch = v2 != 1.0;
                    return new double[] { otherBranch ? double.NaN : v5 };
                }
            }

            """, TraceSource.Write(trace, SourceLanguage.CSharp, "f"));
    }

    [Fact]
    public void StraightTracesComputeTheirValues()
    {
        var traces = new List<(string Source, double[][] Points, Trace Trace)>();
        for (var seed = 0; seed < Programs; seed++)
        {
            var random = new Random(seed);
            var core = SupportedCore.Of(new RandomProgram(random).Write());
            double[] x = [core.Precision.Round(random.NextDouble() * 4 - 2), core.Precision.Round(random.NextDouble() * 4 - 2)];
            var trace = core.TraceAt(x).Trace;
            // A comparison of several numbers at once has no form.
            if (!trace.Operations.Contains(Op.AllDifferent))
                traces.Add((TraceSource.Write(trace, SourceLanguage.CSharp, "f"), [x], trace));
        }
        var results = CompiledSource.RunCSharp([.. traces.Select(item => (item.Source, "f", item.Points))]);
        for (var k = 0; k < traces.Count; k++)
        {
            var values = TraceValues.Of(traces[k].Trace, traces[k].Points[0]);
            Bits.AssertSame([.. traces[k].Trace.Outputs.ToArray().Select(node => values[node])], results[k][0], traces[k].Source);
        }
    }

    [Fact]
    public void WhatTheLanguagesDoNotHaveIsRefused()
    {
        var core = SupportedCore.Of("(FPCore half (x) :precision binary16 (+ x 1))");
        Assert.Equal("half: binary16 has no form in C and C# source (there are double and float) at 1:15 [HAD7006]",
            Assert.Throws<FpCoreException>(() => core.ToSource(SourceLanguage.C)).Message);
        Assert.Equal("node 3: 'cast' to binary16 has no form in C and C# source [HAD7006]",
            Assert.Throws<HybridAdException>(() => TraceSource.Write(core.TraceAt([1]).Trace, SourceLanguage.C, "f")).Message);
    }

    /// <summary>Random programs with random variables in float.</summary>
    private static List<(string Text, string Source, double[][] Points, double[][] Expected, int Results)> Cases(SourceLanguage language)
    {
        var cases = new List<(string, string, double[][], double[][], int)>();
        for (var seed = 0; seed < Programs; seed++)
        {
            var random = new Random(seed);
            var text = seed == 0 ? Loop : new RandomProgram(random).Write();
            // Math.Min and fmin differ in NaN and in the sign of zeros.
            if (language == SourceLanguage.C && text.Contains("fmin"))
                continue;
            var core = SupportedCore.Of(text);
            double[][] points = [.. Enumerable.Range(0, 3).Select(_ => new[] { core.Precision.Round(random.NextDouble() * 4 - 2), core.Precision.Round(random.NextDouble() * 4 - 2) })];
            var formats = core.TraceAt(points[0]).Variables.Select(_ => random.Next(2) == 0 ? NumberFormat.Binary32 : NumberFormat.Binary64).ToArray();
            var expected = points.Select(x =>
            {
                var trace = core.TraceAt(x, new FpTraceOptions { VariableFormats = formats }).Trace;
                var values = TraceValues.Of(trace, x);
                return trace.Outputs.ToArray().Select(node => values[node]).ToArray();
            }).ToArray();
            cases.Add((text, core.ToSource(language, formats, "f"), points, expected, text.Contains("(array ") ? expected[0].Length : 0));
        }
        return cases;
    }

    private static void AssertEqual(List<(string Text, string Source, double[][] Points, double[][] Expected, int Results)> cases, double[][][] results)
    {
        for (var k = 0; k < cases.Count; k++)
            for (var p = 0; p < cases[k].Points.Length; p++)
                Bits.AssertSame(cases[k].Expected[p], results[k][p], $"{cases[k].Text} at ({string.Join(", ", cases[k].Points[p])})\n{cases[k].Source}");
    }
}
