package nl.klantreis;

/** In which turn things happen: all work of the SDK in one line, one after the other, and the network beside it. */
interface Turns {
    /** Does the work after all that was handed over before. */
    void run(Runnable work);

    /** Does the work in so many milliseconds. */
    void after(long ms, Runnable work);

    /** Asks the network, while other work goes on, and hands over its answer. */
    void ask(Question question, Answered then);

    /** No more of it; what was handed over is done when this returns, unless a disk hangs. */
    void end();

    /** Asked of the network. */
    interface Question {
        Reply ask();
    }

    /** What to do with the answer. */
    interface Answered {
        void answered(Reply reply);
    }
}
