"""What Streamlit shows and asks: each module one part of the screen. The pages put the parts together."""
